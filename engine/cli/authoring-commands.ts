/** `init`, `fmt` and `steps`, as the table of commands has them. */
import { fmtOptions as f, initOptions as i } from './authoring-options.ts';
import { options as o } from './options.ts';
import type { CommandSpec } from './spec.ts';

export const init: CommandSpec = {
  name: 'init',
  summary: 'Write a small runbook of your own, to begin with',
  description:
    'Asks on a terminal for what no option says. Written are: the runbook with its gate, point of no return, rollback\n' +
    'and invariants; vars for the lab and for production; a policy; the JSON Schema for your editor; a CI workflow.\n' +
    'The runbook is valid as it is written. If one of the files exists already, nothing is written.',
  arguments: [{ name: 'dir', description: 'folder (default: this one)', complete: 'directory' }],
  options: [i.name, i.target, i.database, i.approver, i.window, i.ci, i.yes],
  examples: [
    { run: 'runbook init runbooks/shop', what: 'asks, then writes' },
    {
      run: 'runbook init runbooks/shop --name shop-2 --target deploy@shop.example --database mysql --approver "Release lead" --yes',
      what: 'asks nothing',
    },
  ],
  exits: [0, 2],
  load: async () => (await import('./init.ts')).init,
};

export const fmt: CommandSpec = {
  name: 'fmt',
  summary: 'Write YAML files in one layout, with all their comments',
  description:
    'Changed: indents (two spaces, lists inside their key), spaces in { a: 1 } and [1, 2] and before a comment (one),\n' +
    'blank lines (one in a row), \'text\' that says the same as "text", spaces at the end of a line, one newline at the\n' +
    'end of the file. In a step: id, name, description, at, expected and type first, in this order.\n' +
    'Not changed: line breaks, the length of lines, the text of block scalars, expressions, the order of all other keys,\n' +
    'CRLF line ends (a mix becomes LF). Values and comments are compared with those before: they are the same, or nothing\n' +
    'is written. Files with anchors, tags or a second document are refused, as by `validate`.',
  arguments: [
    {
      name: 'file',
      description: 'runbooks, vars files, policies; - for stdin to stdout',
      required: true,
      variadic: true,
      complete: 'file',
    },
  ],
  options: [f.check, f.diff],
  examples: [
    { run: 'runbook fmt cutover.yaml vars/*.yaml', what: 'format these files' },
    { run: 'runbook fmt --check --diff cutover.yaml', what: 'in CI: exit 1 and a diff, nothing written' },
  ],
  exits: [0, 1, 2],
  means: { 1: '--check: a file is not formatted' },
  load: async () => (await import('./fmt.ts')).fmt,
};

export const steps: CommandSpec = {
  name: 'steps',
  summary: 'List the step types, or show one of them in full',
  description:
    '`runbook steps new PATH` writes an own step type that works, with its test: a module in a folder, or with --template\n' +
    'a YAML file that calls other step types. A runbook names it under `step_types`.',
  arguments: [
    { name: 'type', description: 'step type, e.g. mysql.dump; or `new`', complete: 'type' },
    { name: 'path', description: 'with new: what to write, e.g. ./types/dns-record', complete: 'directory' },
  ],
  options: [o.common, o.template, o.typesOf, o.trustTypes, o.json],
  examples: [
    { run: 'runbook steps http.check', what: 'input, output, examples, undo' },
    { run: 'runbook steps --common', what: 'what every step may have' },
    { run: 'runbook steps --runbook cutover.yaml', what: 'with the own step types of a runbook' },
    { run: 'runbook steps new ./types/dns-record', what: 'an own step type, in TypeScript' },
  ],
  exits: [0, 2],
  load: async () => (await import('./steps.ts')).steps,
};
