import type { Shell } from '../shell.ts';
import { superviseOver } from './over-exec.ts';
import type { Supervisor } from './supervisor.ts';

/** The place's own supervisor, or one over its `exec`. */
export const supervisorOf = (shell: Shell): Supervisor => shell.supervisor ?? superviseOver(shell);
