import { SessionLost, SqlError } from '../sql/client.ts';

/** The server's refusals carry an SQLSTATE and leave the connection usable; everything else broke it. */
export const classify = (error: unknown): unknown => {
  const { message, code, sqlState, fatal } = error as {
    message: string;
    code?: string;
    sqlState?: string;
    fatal?: boolean;
  };
  if (sqlState !== undefined && fatal !== true)
    return new SqlError(message, code ?? sqlState, sqlState, error);
  return new SessionLost(`the connection broke: ${message}`, { cause: error });
};
