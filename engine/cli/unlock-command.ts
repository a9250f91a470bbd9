/** `unlock`, as the table of commands has it. */
import { options as o } from './options.ts';
import type { CommandSpec } from './spec.ts';

export const unlockCommand: CommandSpec = {
  name: 'unlock',
  summary: 'Give back the lock of a run that can never be resumed',
  description:
    'A run that is held, or whose engine was stopped, keeps the lock of its runbook without a limit: end it with `resume`\n' +
    'or `rollback`. Only where its directory is lost for good, give its lock back by hand. The reason stands at the place,\n' +
    'and in the journal of the run if it is here. Refused while its engine gives signs of life.',
  arguments: [{ name: 'file', description: 'the runbook', required: true, complete: 'file' }],
  options: [o.lockedRun, o.reasonRequired, o.vars, o.var, o.runsDir],
  examples: [
    {
      run: 'runbook unlock cutover.yaml --vars prod.yaml --run 20261122-2230-ab12 --reason "the laptop is gone"',
      what: 'the run that `exec` names as the holder',
    },
  ],
  exits: [0, 2, 4],
  load: async () => (await import('./unlock.ts')).unlock,
};
