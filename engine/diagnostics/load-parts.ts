import { entry } from './entry.ts';
import { choose } from './remedies.ts';

/** Why the file of a part cannot be used. */
type PartFault =
  | { readonly kind: 'missing' }
  | { readonly kind: 'outside' }
  | { readonly kind: 'too-many'; readonly limit: number }
  | { readonly kind: 'too-long'; readonly limit: number }
  | { readonly kind: 'unreadable'; readonly reason: string };

const partFault = (path: string, fault: PartFault): string => {
  switch (fault.kind) {
    case 'missing':
      return `There is no part ${path}`;
    case 'outside':
      return `The part ${path} is outside of the folder of the runbook`;
    case 'too-many':
      return `Parts are used more than ${fault.limit} times in this runbook`;
    case 'too-long':
      return `The part ${path} is longer than ${fault.limit} bytes`;
    default:
      return `The part ${path} cannot be read: ${fault.reason}`;
  }
};

const partRemedy = ({ kind }: PartFault): string => {
  switch (kind) {
    case 'missing':
      return 'Correct the path: it is relative to the folder of the runbook';
    case 'outside':
      return 'Move the file into that folder: a runbook is reviewed and moved together with its parts';
    case 'too-many':
      return 'Use fewer: a person has to follow the steps';
    default:
      return 'Correct the file, or the path';
  }
};

/** Parts: steps in files of their own. */
export const loadParts = {
  RB250: entry<{ path: string; fault: PartFault }>({
    exit: 2,
    message: ({ path, fault }) => partFault(path, fault),
    remedy: ({ fault }) => partRemedy(fault),
  }),
  RB251: entry<{ path: readonly string[] }>({
    exit: 2,
    message: ({ path }) =>
      path.length === 2
        ? `The part ${path[0]} uses itself`
        : `Parts use each other in a circle: ${path.join(' -> ')}`,
    remedy: () => 'Remove this use',
  }),
  RB252: entry<{ name: string; part: string; near: string | null; known: readonly string[] }>({
    exit: 2,
    message: ({ name, part }) => `The part ${part} has no input "${name}"`,
    remedy: ({ near, known }) => choose(near, 'Inputs', known, 'It has no inputs'),
  }),
  RB253: entry<{ name: string; part: string; type: string; description: string | null }>({
    exit: 2,
    message: ({ name, part, type, description }) =>
      `The input "${name}" (${type}) of the part ${part} has no value${description === null ? '' : `: ${description}`}`,
    remedy: ({ name }) => `Add it to \`with\`: \`${name}: ...\``,
  }),
  RB254: entry<{ name: string; part: string; why: string }>({
    exit: 2,
    message: ({ name, part, why }) => `The input "${name}" of the part ${part} ${why}`,
    remedy: () => 'Correct the value',
  }),
  RB330: entry<{ what: string }>({
    exit: 2,
    message: ({ what }) => `${what} cannot be in a part`,
    remedy: () => 'Write it in the runbook itself, where a reviewer sees it',
  }),
  RB331: entry<{ part: string; name: string; near: string | null; known: readonly string[] }>({
    exit: 2,
    message: ({ part, name }) => `The part "${part}" has no output "${name}"`,
    remedy: ({ near, known }) => choose(near, 'Outputs', known, 'Declare it under `outputs` of the part'),
  }),
  RB332: entry<{ name: string }>({
    exit: 2,
    message: ({ name }) =>
      `A part sees only its inputs, \`run\` and its own steps: there is no \`${name}\` here`,
    remedy: () => 'Declare an input, and pass the value by the `with` of the step that uses the part',
  }),
} as const;
