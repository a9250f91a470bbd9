/** A template type, as its file has it. */
import * as z from 'zod';
import { line, valueName } from '../schema/values.ts';

const word = z.enum(['string', 'int', 'bool', 'duration']);

const items = z.union([word, z.record(valueName('field'), word)]);

const typed = z.strictObject({
  type: z.enum(['string', 'int', 'bool', 'duration', 'enum', 'list', 'map']).describe('what its values are'),
  required: z.boolean().optional().describe('false: it may be left out, and is null then'),
  default: z.json().optional().describe('its value if none is given'),
  description: line.optional().describe('text for the person who writes a step of this type'),
  values: z.array(z.string()).min(1).optional().describe('the possible values of the type enum'),
  items: items
    .optional()
    .describe('of a list or a map: what its items are, one type or a map of fields with their types'),
  secret: z
    .boolean()
    .optional()
    .describe('of a text: it may hold secrets; calls can then use it only where a secret is allowed'),
});

/** `name: string` is short for `name: { type: string }`. */
export const field = z.union([word, typed]);
export type Field = z.output<typeof typed>;

const called = {
  type: z.string().describe('a step type that template types may call'),
  with: z.record(z.string(), z.unknown()).default({}).describe('its input, with `${{ input.NAME }}`'),
} as const;

const call = z.strictObject({
  id: valueName('call')
    .optional()
    .describe('in a list: its output is `before.ID` or `result.ID`, in a single call `before` or `result`'),
  ...called,
});
export type WrittenCall = z.output<typeof call>;

export const mostCalls = 20;
const calls = z.union([call, z.array(call).min(1).max(mostCalls)]);

const condition = z.string().min(1);

export const template = z.strictObject({
  description: line.describe('what a step of this type does, one sentence'),
  input: z
    .record(valueName('field'), field)
    .default({})
    .describe('the fields of `with`; each is required unless it has a `default` or says `required: false`'),
  run: calls.describe('the call, or calls one after the other, that carry the step out'),
  before: calls.optional().describe('reads made before anything is changed; kept for the undo as `before`'),
  probe: z
    .strictObject({
      ...called,
      done: condition
        .optional()
        .describe('CEL over `result`: it happened. Of a command, the default is exit code 0'),
      not_done: condition
        .optional()
        .describe(
          'CEL over `result`: it did not happen. Of a command, the default is exit code 1; else whatever is not `done`',
        ),
    })
    .optional()
    .describe('a read that tells whether it happened, where the outcome of `run` is not known'),
  undo: calls
    .optional()
    .describe(
      'restores what `before` has found; it must be harmless where nothing was done and where it ran already. Default: the undo of the called types, if all have one',
    ),
  output: z
    .record(valueName('field'), z.string())
    .optional()
    .describe(
      'the output of the step, with `${{ result.NAME }}`; default: the output of `run`, and none with a `probe`, which may be all that knows of it',
    ),
  examples: z
    .array(z.strictObject({ title: line, with: z.record(z.string(), z.json()) }))
    .optional()
    .describe('shown by `runbook steps`'),
  preview: line
    .optional()
    .describe('one line for the reviewer, with `${{ input.NAME }}`; default: that of `run`'),
});
export type WrittenTemplate = z.output<typeof template>;
