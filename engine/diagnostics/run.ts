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
    remedy: () => 'Put the secret there, readable only by you, and run the command again',
  }),
  RB522: entry<{ name: string; path: string }>({
    exit: 2,
    message: ({ name, path }) => `Secret "${name}": ${path} can be read by others`,
    remedy: ({ path }) => `Run chmod 600 ${path}, then run the command again`,
  }),
  RB523: entry<{ name: string; command: string; why: string }>({
    exit: 2,
    message: ({ name, command, why }) => `Secret "${name}": ${command} gave no value: ${why}`,
    remedy: () => 'Run that command by hand, fix what it reports, then run this one again',
  }),
  RB524: entry<{ name: string; from: string }>({
    exit: 2,
    message: ({ name, from }) => `Secret "${name}" is empty in ${from}`,
    remedy: () => 'Set its value and run the command again',
  }),
  RB525: entry<{ name: string; shortest: number }>({
    exit: 2,
    message: ({ name, shortest }) => `Secret "${name}" is shorter than ${shortest} characters`,
    remedy: () => 'Use a longer value: masking such a short one would also mask much other text in the logs',
  }),
  RB526: entry<{ name: string }>({
    exit: 2,
    message: ({ name }) => `Secret "${name}" contains a NUL byte`,
    remedy: () =>
      'Remove the NUL byte and run the command again: no command or server accepts one in a password',
  }),
  RB527: entry<{ act: string; what: 'input' | 'before'; pointer: string }>({
    exit: 1,
    message: ({ act, what, pointer }) =>
      `Masking changed ${pointer === '' ? '' : `${pointer} in `}the journaled ${what === 'input' ? 'input' : 'before-image'} of ${act}: the original text is lost`,
    remedy: () =>
      'Look at what the step changed. Finish it or restore the old state by hand, then resume with the choice that matches',
  }),
  RB528: entry<{ name: string; why: string }>({
    exit: 2,
    message: ({ name, why }) => `Secret "${name}" ${why}: masking will also change unrelated text`,
    remedy: () => 'Choose a longer value: a step that needs such text from an output fails',
  }),
  RB529: entry<{ name: string; places: readonly string[]; more: number }>({
    exit: 2,
    message: ({ name, places, more }) =>
      `The value of secret "${name}" is also in the plan, at ${places.join(', ')}${more > 0 ? ` and ${more} more` : ''}: it is masked in every output`,
    remedy: () =>
      'Choose another value: a step that needs this text from an output fails, and so does an undo after a crash',
  }),
  RB530: entry<{ name: string; secret: string }>({
    exit: 2,
    message: ({ name, secret }) =>
      `--var ${name} contains the value of secret "${secret}": vars are stored and shown unmasked`,
    remedy: ({ secret }) =>
      `Write \${{ secrets.${secret} }} in the runbook. If the match is a coincidence, give ${secret} another value`,
  }),
} as const;
