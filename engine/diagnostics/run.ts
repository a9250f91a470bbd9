import { entry } from './entry.ts';

/** RB5xx: what a run needs from its surroundings. */
export const run = {
  RB510: entry<{ path: string }>({
    exit: 1,
    message: ({ path }) => `${path} changed since the plan was made`,
    remedy: () => 'Restore the file that was reviewed, then resume',
  }),
  RB520: entry<{ name: string; variable: string }>({
    exit: 2,
    message: ({ name, variable }) => `Secret "${name}" is not set: ${variable} is not in the environment`,
    remedy: ({ variable }) => `Set ${variable} and run the command again`,
  }),
  RB521: entry<{ name: string; path: string; why: string }>({
    exit: 2,
    message: ({ name, path, why }) => `Secret "${name}" cannot be read from ${path}: ${why}`,
    remedy: () => 'Put the secret there, readable by you only, and run the command again',
  }),
  RB522: entry<{ name: string; path: string }>({
    exit: 2,
    message: ({ name, path }) => `Secret "${name}": ${path} can be read by others`,
    remedy: ({ path }) => `chmod 600 ${path}, and run the command again`,
  }),
  RB523: entry<{ name: string; command: string; why: string }>({
    exit: 2,
    message: ({ name, command, why }) => `Secret "${name}": ${command} gave no value: ${why}`,
    remedy: () => 'Run that command by hand, see what it says, then run this one again',
  }),
  RB524: entry<{ name: string; from: string }>({
    exit: 2,
    message: ({ name, from }) => `Secret "${name}" is empty in ${from}`,
    remedy: () => 'Give it its value and run the command again',
  }),
  RB525: entry<{ name: string; shortest: number }>({
    exit: 2,
    message: ({ name, shortest }) => `Secret "${name}" is shorter than ${shortest} characters`,
    remedy: () => 'It could not be masked in logs without masking half of them: use a longer one',
  }),
  RB526: entry<{ name: string }>({
    exit: 2,
    message: ({ name }) => `Secret "${name}" has a NUL byte in it`,
    remedy: () => 'No command or server takes one as part of a password: remove it and run the command again',
  }),
  RB527: entry<{ act: string; what: 'input' | 'before'; pointer: string }>({
    exit: 1,
    message: ({ act, what, pointer }) =>
      `Masking changed ${pointer === '' ? '' : `${pointer} in `}the journaled ${what === 'input' ? 'input' : 'before-image'} of ${act}: its text is not known any more`,
    remedy: () =>
      'Do by hand what the engine cannot: look at what the step changed, finish it or put it back as it was, then resume with the choice that says so',
  }),
  RB528: entry<{ name: string; why: string }>({
    exit: 2,
    message: ({ name, why }) =>
      `Secret "${name}" ${why}: masking will also change text that has nothing to do with it`,
    remedy: () => 'Choose a longer value: a step that reads such text from an output fails',
  }),
  RB529: entry<{ name: string; places: readonly string[]; more: number }>({
    exit: 2,
    message: ({ name, places, more }) =>
      `The value of secret "${name}" also stands in the plan, at ${places.join(', ')}${more > 0 ? ` and ${more} more` : ''}: it is masked in every output`,
    remedy: () =>
      'Choose another value: a step that reads this text from an output fails, and so does an undo after a crash',
  }),
  RB530: entry<{ name: string; secret: string }>({
    exit: 2,
    message: ({ name, secret }) =>
      `--var ${name} has the value of secret "${secret}" in it: vars are stored and shown as they are`,
    remedy: ({ secret }) =>
      `Name it in the runbook as \${{ secrets.${secret} }}, or give ${secret} another value if it is a word of its own`,
  }),
} as const;
