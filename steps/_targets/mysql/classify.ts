import { SessionLost, SqlError } from '../../_kits/sql/client.ts';
import { withoutValues } from '../../_work/without-data.ts';

/** The server's refusals carry an SQLSTATE and leave the connection usable; everything else broke it. */
export const classify = (error: unknown): unknown => {
  const { message, errno, code, sqlState, fatal } = error as {
    message: string;
    errno?: number;
    code?: string;
    sqlState?: string;
    fatal?: boolean;
  };
  if (sqlState !== undefined && fatal !== true)
    return new SqlError(withoutValues(errno, message), code ?? sqlState, sqlState);
  return new SessionLost(`the connection broke: ${message}`, { cause: error });
};
