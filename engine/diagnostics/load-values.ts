import { entry } from './entry.ts';
import { choose } from './remedies.ts';

/** RB324 and after: typed values of vars, and locals. */
export const loadValues = {
  RB324: entry<{ path: readonly string[] }>({
    exit: 2,
    message: ({ path }) =>
      path.length === 2
        ? `The local "${path[0]}" is computed from itself`
        : `Locals are computed from each other in a circle: ${path.join(' -> ')}`,
    remedy: () => 'Let one of them be computed from vars alone',
  }),
  RB325: entry<{ name: string; near: string | null; known: readonly string[] }>({
    exit: 2,
    message: ({ name }) => `There is no local "${name}"`,
    remedy: ({ near, known }) => choose(near, 'Known', known, 'Declare it under `locals`'),
  }),
  RB326: entry<{ name: string; field: string; from: string; near: string | null; known: readonly string[] }>({
    exit: 2,
    message: ({ name, field, from }) => `"${name}" from ${from} has an unknown field "${field}"`,
    remedy: ({ near, known }) => choose(near, 'Fields', known, 'It has no fields'),
  }),
  RB327: entry<{ name: string; field: string; from: string }>({
    exit: 2,
    message: ({ name, field, from }) => `"${name}" from ${from} has no field "${field}"`,
    remedy: ({ field }) => `Add \`${field}\`: each item has every field of \`items\``,
  }),
  RB328: entry<{ name: string; why: string }>({
    exit: 2,
    message: ({ name, why }) => `The local "${name}" cannot be used: ${why}`,
    remedy: () => 'Correct its expression',
  }),
  RB329: entry<{ name: string; near: string | null }>({
    exit: 2,
    message: ({ name }) => `There is no field "${name}" in this value`,
    remedy: ({ near }) => (near === null ? 'Correct the name of the field' : `Did you mean "${near}"?`),
  }),
} as const;
