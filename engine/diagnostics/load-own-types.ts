import { entry } from './entry.ts';
import { type ReadFault, readFault } from './read-fault.ts';
import { choose } from './remedies.ts';

/** RB350 to RB369: own step types. */
export const loadOwnTypes = {
  RB350: entry<{ name: string; what: 'a step type of the engine' | 'a kind of step of the engine' }>({
    exit: 2,
    message: ({ name, what }) => `"${name}" is ${what}: an own step type cannot have its name`,
    remedy: ({ name }) => `Give it another name, such as "own.${name.split('.').at(-1)}"`,
  }),
  RB351: entry<{ name: string; path: string; fault: ReadFault | { readonly kind: 'outside' } }>({
    exit: 2,
    message: ({ name, path, fault }) =>
      fault.kind === 'outside'
        ? `The step type "${name}" is outside the folder of the runbook: ${path}`
        : `Cannot read ${path}, the step type "${name}": ${readFault(fault)}`,
    remedy: ({ path, fault }) => {
      if (fault.kind === 'outside')
        return 'Move it into the folder of the runbook, or make it an npm package: npm:NAME';
      return path.startsWith('node_modules/')
        ? `Install it: npm install ${path.slice('node_modules/'.length)}`
        : 'Paths are relative to the folder of the runbook';
    },
  }),
  RB352: entry<{ name: string; got: string }>({
    exit: 2,
    message: ({ name, got }) => `The step type "${name}" is declared as ${got}`,
    remedy: () =>
      'Give the path of a template (./types/x.yaml), of a module (a folder such as ./types/x, or a .js, .mjs or .ts file), or an npm package (npm:NAME or npm:NAME#TYPE)',
  }),
  RB353: entry<{
    name: string;
    type: string;
    fault: 'itself' | 'not allowed' | 'unknown';
    near: string | null;
    allowed: readonly string[];
  }>({
    exit: 2,
    message: ({ name, type, fault }) => {
      if (fault === 'itself') return `The step type "${name}" calls itself`;
      return fault === 'unknown'
        ? `The step type "${name}" calls "${type}", which is no step type of the engine`
        : `The step type "${name}" calls "${type}", which a template type may not call`;
    },
    remedy: ({ near, allowed }) => choose(near, 'Allowed', allowed, 'No type is allowed'),
  }),
  RB354: entry<{ type: string; role: string }>({
    exit: 2,
    message: ({ type, role }) => `\`${role}\` may only read, and this ${type} may write`,
    remedy: () => 'Use a type that reads, or say `effects: read` in its `with`',
  }),
  RB355: entry<{ role: string; id: string | null }>({
    exit: 2,
    message: ({ role, id }) =>
      id === null
        ? `Each call in the list \`${role}\` needs an id`
        : `The id "${id}" is in \`${role}\` twice`,
    remedy: () => 'Give each call an `id` of its own: its output is read by it',
  }),
  RB356: entry<{ name: string; module: string; got: number; known: number }>({
    exit: 2,
    message: ({ name, module, got, known }) =>
      `The step type "${name}" (${module}) is made for contract ${got}, and this version of runbook knows contract ${known}`,
    remedy: ({ known }) =>
      `Update runbook, or use a version of the module that is made for contract ${known}`,
  }),
  RB357: entry<{ name: string; module: string; why: string }>({
    exit: 2,
    message: ({ name, module, why }) => `The module of the step type "${name}" (${module}) throws: ${why}`,
    remedy: () => 'Run its test; `runbook steps new` writes one that passes',
  }),
  RB358: entry<{ name: string; module: string; why: string }>({
    exit: 2,
    message: ({ name, module, why }) =>
      `The module of the step type "${name}" (${module}) is no step type: ${why}`,
    remedy: () =>
      'Its default export is `{ contract: 1, ...withActs(defineStep({ ... }), loadActs) }`; `runbook steps new` writes one',
  }),
  RB359: entry<{ name: string; module: string }>({
    exit: 2,
    message: ({ name, module }) =>
      `The step type "${name}" is code (${module}), and this command does not run the code of a runbook`,
    remedy: () => 'If you trust that code, add --trust-types',
  }),
  RB360: entry<{ name: string; module: string; file: string; to: string }>({
    exit: 2,
    message: ({ name, file, to }) =>
      `The module of the step type "${name}" imports "${to}" in ${file}, which is outside of the module`,
    remedy: () => 'Move that file into the folder of the module: all of its code belongs to the digest',
  }),
} as const;
