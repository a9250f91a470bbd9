import { entry } from './entry.ts';
import { choose, list } from './remedies.ts';

/** Why an item of a loop has no key. */
type KeyFault =
  | { readonly kind: 'twice'; readonly key: string; readonly first: string }
  | { readonly kind: 'odd'; readonly key: string; readonly given: boolean }
  | { readonly kind: 'none'; readonly got: string }
  | { readonly kind: 'no-text'; readonly got: string };

const keyFault = (fault: KeyFault): string => {
  switch (fault.kind) {
    case 'twice':
      return fault.key === fault.first
        ? `Two items of the loop have the key "${fault.key}"`
        : `Two items of the loop have the keys "${fault.first}" and "${fault.key}", which differ only in capitals`;
    case 'odd':
      return `The item "${fault.key}" cannot be part of an id: a key has letters, digits, ".", "-" and "_", at most 60`;
    case 'no-text':
      return `The key of an item is ${fault.got}, not a text or a number`;
    default:
      return `The items of the loop have no \`key\`: ${fault.got} has no name of its own`;
  }
};

/** Why a reference to a step of a loop or a group means no step. */
type ReferenceFault =
  | { readonly kind: 'no-item'; readonly keys: readonly string[] }
  | {
      readonly kind: 'unknown-item';
      readonly key: string;
      readonly near: string | null;
      readonly keys: readonly string[];
    }
  | { readonly kind: 'group'; readonly steps: readonly string[] }
  | { readonly kind: 'several'; readonly of: readonly string[] };

const referenceFault = (name: string, fault: ReferenceFault): string => {
  switch (fault.kind) {
    case 'unknown-item':
      return `The loop of "${name}" has no item "${fault.key}"`;
    case 'group':
      return `"${name}" is a group: it has no output of its own`;
    case 'several':
      return `Several groups have a step "${name}"`;
    default:
      return `"${name}" runs once for each item of a loop: it has no output of its own`;
  }
};

const referenceRemedy = (name: string, fault: ReferenceFault): string => {
  switch (fault.kind) {
    case 'no-item':
      return `Name one: \`steps['${name}'].items['${fault.keys[0] ?? 'KEY'}'].output\`, or all: \`steps['${name}'].items.all(k, steps['${name}'].items[k].output...)\``;
    case 'unknown-item':
      return choose(fault.near, 'Items', fault.keys, 'The loop has no items');
    case 'group':
      return `Name a step of it: ${list(fault.steps.map((step) => `${name}/${step}`))}`;
    case 'several':
      return `Write its full name: ${list(fault.of)}`;
  }
};

/** RB263 to RB279: loops and groups. */
export const loadLoops = {
  RB263: entry<{ got: string; bare: string | null }>({
    exit: 2,
    message: ({ got }) => `\`for_each\` needs a list or a map, not ${got}`,
    remedy: ({ bare }) =>
      bare === null
        ? 'Write the list itself, or an expression that gives one: `for_each: "${{ vars.NAME }}"`'
        : `Write an expression as "\${{ ${bare} }}", or the list itself`,
  }),
  RB264: entry<{ what: string; of: string }>({
    exit: 2,
    message: ({ what, of }) =>
      of === 'secrets'
        ? `${what} must be known before the run: it cannot use a secret`
        : `${what} must be known before the run: \`${of}\` is known only in the run`,
    remedy: ({ of }) =>
      of === 'secrets'
        ? 'Use a var'
        : 'Use a var. What is only known in the run is the work of one step, which handles all its items',
  }),
  RB265: entry<object>({
    exit: 2,
    message: () => '`for_each` is over an empty list: it would run nothing',
    remedy: () =>
      'Give it at least one item. If no item is possible, say so on the step: `when: "${{ size(vars.NAME) > 0 }}"`',
  }),
  RB266: entry<{ fault: KeyFault }>({
    exit: 2,
    message: ({ fault }) => keyFault(fault),
    remedy: ({ fault }) =>
      fault.kind === 'twice'
        ? 'Give each item a key of its own, with `key: "${{ each.NAME }}"`'
        : fault.kind === 'odd' && fault.given
          ? 'Give each item a key that has only these characters'
          : 'Add a `key` that names each item: `key: "${{ each.NAME }}"`',
  }),
  RB267: entry<{ items: number; limit: number }>({
    exit: 2,
    message: ({ items, limit }) => `The loop has ${items} items, and at most ${limit} are possible`,
    remedy: () =>
      'Nobody can watch so many steps: give the work to one step that handles all its items, or to several runbooks',
  }),
  RB268: entry<object>({
    exit: 2,
    message: () => '`each` is the item of a loop, and this is not in one',
    remedy: () => 'Add `for_each` to the step, or use a var',
  }),
  RB269: entry<{ of: string; name: string; isMap: boolean; near: string | null; known: readonly string[] }>({
    exit: 2,
    message: ({ of, name, isMap }) =>
      isMap ? `\`${of}\` has no field "${name}"` : `\`${of}\` is no map: it has no field "${name}"`,
    remedy: ({ of, near, known }) =>
      known.length === 0 ? `Write \`${of}\` alone` : choose(near, 'Fields', known, ''),
  }),
  RB270: entry<{ what: string }>({
    exit: 2,
    message: ({ what }) => `${what} cannot be in a group that runs in parallel`,
    remedy: () => 'A group in parallel has acts and waits only. Move it before or after the parallel work',
  }),
  RB271: entry<{ what: string }>({
    exit: 2,
    message: ({ what }) => `${what} cannot be in a loop`,
    remedy: () => 'Move it out of the loop',
  }),
  RB272: entry<{ name: string; fault: ReferenceFault }>({
    exit: 2,
    message: ({ name, fault }) => referenceFault(name, fault),
    remedy: ({ name, fault }) => referenceRemedy(name, fault),
  }),
  RB273: entry<{ key: string; why: string; remedy: string }>({
    exit: 2,
    message: ({ key, why }) => `\`${key}\` ${why}`,
    remedy: ({ remedy }) => remedy,
  }),
  RB274: entry<{ name: string; line: number }>({
    exit: 2,
    message: ({ name, line }) => `The target "${name}" is there twice; the first is on line ${line}`,
    remedy: () => 'Give each item a name of its own, such as `db-${{ each.name }}`',
  }),
} as const;
