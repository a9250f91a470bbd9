import { TargetError } from '../../../engine/target.ts';

/** What a connect that failed means. A server that is busy (4xx) may take us in a moment. */
export const refusedConnection = (target: string, where: string, error: unknown): TargetError => {
  const { code, message, responseCode } = error as { code?: string; message: string; responseCode?: number };
  const because = { cause: error };
  if (code === 'EAUTH' && (responseCode ?? 500) >= 500)
    return new TargetError(
      target,
      'auth',
      `${where} refuses the login: ${message}`,
      'Check the user and the password, and whether the account may send',
      because,
    );
  if (code === 'ETLS' || /certificate|self.signed|altnames/i.test(message))
    return new TargetError(
      target,
      'config',
      `${where}: no encrypted connection: ${message}`,
      'Check tls.mode against the port, and give the CA as tls.ca_file',
      because,
    );
  return new TargetError(
    target,
    'unreachable',
    `${where} cannot be reached: ${message}`,
    'Check host, port, tls.mode and firewall, and that the server is up',
    because,
  );
};
