/** Where the runs keep their files at a place: the one spelling of it, for shells and for this process. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** In POSIX sh; $1 is the place's own choice, empty for the XDG state folder of its user. No fork. */
export const stateExpansion = '${1:-${XDG_STATE_HOME:-${HOME:?has no value}/.local/state}/runbook}';

/** Of this process. */
export const localStateDir = (): string =>
  resolve(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'runbook');
