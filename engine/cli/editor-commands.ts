/** The commands that serve an editor. */
import { options as o } from './options.ts';
import type { CommandSpec } from './spec.ts';

export const schema: CommandSpec = {
  name: 'schema',
  summary: 'Print the JSON Schema of a runbook, for editors',
  arguments: [],
  options: [o.typesOf, o.trustTypes],
  examples: [
    { run: 'runbook schema > runbook.schema.json', what: 'for yaml-language-server' },
    { run: 'runbook schema --runbook cutover.yaml > cutover.schema.json', what: 'with its own step types' },
  ],
  exits: [0, 2],
  load: async () => (await import('./schema.ts')).schema,
};

export const lsp: CommandSpec = {
  name: 'lsp',
  summary: 'Language server for editors: problems while typing, completion, hover, rename',
  description:
    'Speaks the Language Server Protocol on stdin and stdout; an editor starts it. Judges a file as validate does.\n' +
    'Setting `vars` (initializationOptions, or section `runbook`): files as for --vars, next to the runbook or ' +
    'below the opened folder. A var without a value is no problem here.',
  arguments: [],
  options: [o.trustTypes],
  examples: [{ run: 'runbook lsp', what: 'started by an editor' }],
  exits: [0, 1, 2],
  means: { 1: 'the editor ended without a shutdown' },
  load: async () => (await import('./lsp.ts')).lsp,
};
