import { homedir } from 'node:os';
import { join } from 'node:path';

/** `~/x` is in the home of the user of the engine, as in OpenSSH; any other path is used as written. */
export const homePath = (path: string): string =>
  path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
