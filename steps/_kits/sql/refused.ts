import { TargetError } from '../../../engine/target.ts';
import { DialFailed } from '../../_work/shell.ts';
import { unreachableBehind } from '../network/dial.ts';

const certificate = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED|ERR_TLS_|HOSTNAME_MISMATCH)/;

/** MySQL's driver gives every error of the TLS handshake a code of its own. */
const isCertificate = (code: string | undefined, message = ''): boolean =>
  code === 'HANDSHAKE_SSL_ERROR'
    ? /certificate|altnames/i.test(message)
    : code !== undefined && certificate.test(code);

/** What a failed connect means when the server itself gave no reason. */
export const unreachable = (target: string, where: string, error: unknown): TargetError => {
  if (error instanceof TargetError) return error;
  if (error instanceof DialFailed) return unreachableBehind(target, error);
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const { code, message } = first as { code?: string; message?: string };
  if (isCertificate(code, message))
    return new TargetError(
      target,
      'config',
      `${where}: the certificate does not verify: ${message}`,
      'Give the CA as tls.ca_file, and the host as the certificate names it',
      { cause: error },
    );
  return new TargetError(
    target,
    'unreachable',
    `${where} cannot be reached: ${message || code}`,
    'Check host, port and firewall, and that the server is up',
    { cause: error },
  );
};
