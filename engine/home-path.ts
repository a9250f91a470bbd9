import { homedir } from 'node:os';
import { join } from 'node:path';

/** `~/x` is in the home of whoever runs the engine, as for OpenSSH's own files; any other path is as it is written. */
export const homePath = (path: string): string =>
  path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
