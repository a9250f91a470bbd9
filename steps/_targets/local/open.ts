import { hostname, userInfo } from 'node:os';
import type { OpenTarget, TargetContext } from '../../../engine/target.ts';
import { placeIdentity } from '../../_work/place-identity.ts';
import { placeLock } from '../../_work/place-lock.ts';
import { supervisorOf } from '../../_work/supervisor/supervisor-of.ts';
import { localShell } from './local-shell.ts';
import { noHome } from './local-supervisor.ts';

export const open = async (ctx: TargetContext): Promise<OpenTarget> => {
  const shell = localShell(ctx.name);
  return {
    client: shell,
    check: async () => [{ level: 'verified', what: `this machine: ${userInfo().username}@${hostname()}` }],
    close: async () => undefined,
    ...placeIdentity(shell, noHome),
    lock: (name) => placeLock(shell, name, noHome),
    forget: (runId) => supervisorOf(shell).forget(runId),
  };
};
