type Sqlite = typeof import('node:sqlite');
type SqliteError = Error & { readonly errcode: number };

let loaded: Sqlite | undefined;

/** Node 22 announces node:sqlite as experimental, on stderr, across the operator's screen. */
export const sqlite = (): Sqlite => {
  if (loaded) return loaded;
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    loaded = process.getBuiltinModule('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
  return loaded;
};

/** SQLITE_BUSY: another process has the lock. */
export const isBusy = (error: unknown): boolean => isSqliteError(error) && (error.errcode & 0xff) === 5;

export const isSqliteError = (error: unknown): error is SqliteError =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
