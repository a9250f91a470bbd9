import { getSystemErrorMessage } from 'node:util';

/** An error of the operating system, as node:fs throws it. */
export type SystemError = Error & { readonly code: string; readonly errno: number };

export const isSystemError = (error: unknown): error is SystemError =>
  error instanceof Error && 'errno' in error && typeof error.errno === 'number' && 'code' in error;

/** `no space left on device (ENOSPC)`. Rethrows what the operating system did not say: an engine bug. */
export const reasonOf = (error: unknown): string => {
  if (!isSystemError(error)) throw error;
  return `${getSystemErrorMessage(error.errno)} (${error.code})`;
};

/** EFBIG: the process's own limit on file size. */
export const isDiskFull = (error: unknown): boolean =>
  isSystemError(error) && ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(error.code);
