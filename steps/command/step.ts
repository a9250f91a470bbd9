import * as z from 'zod';
import { defineStep, secretable } from '../../engine/step.ts';
import { preview } from './preview.ts';

/** Text pasted into a shell's line is an injection waiting for its night: values go by env. */
const shellText = z.string().trim().min(1).meta({ literal: true });
const argv = z.tuple([z.string().min(1)], z.string());

const run = z
  .union([shellText, argv])
  .describe(
    'A list is a program and its arguments. A string is a script for /bin/sh, taken as it is: give values by env',
  );

const input = z.strictObject({
  run,
  env: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a name of letters, digits and _ was expected'),
      secretable,
    )
    .default({})
    .describe('Added to the environment of the place; may hold secrets'),
  cwd: z.string().min(1).optional(),
  stdin: secretable.optional().describe('May hold secrets; at most 1 MiB of text for a write'),
  capture: z
    .enum(['none', 'text', 'lines', 'json'])
    .default('text')
    .describe('What of stdout becomes the output: its last 64 KiB, or one JSON value of at most that'),
  effects: z
    .enum(['read', 'write'])
    .default('write')
    .describe('write: it is supervised, outlives the engine and is never run twice unasked'),
  ok_exit_codes: z.array(z.int().min(0).max(255)).min(1).default([0]),
  probe: z
    .strictObject({ run })
    .optional()
    .describe(
      'A read, with the same env and cwd, asked after a lost outcome: exit 0 says that it happened, 1 that it did not',
    ),
});

const output = z.strictObject({
  /** null: not seen, since the outcome was learned from the probe. */
  exit_code: z.int().nullable(),
  stdout: z.string().optional(),
  lines: z.array(z.string()).optional(),
  json: z.json().optional(),
  /** The beginning of stdout is not in the output; the step's log has it. */
  truncated: z.boolean(),
});

export type CommandInput = z.output<typeof input>;
export type CommandOutput = z.output<typeof output>;

export const command = defineStep({
  type: 'command',
  version: 1,
  summary:
    'A program, or a script for sh. A writing one outlives the engine and a lost connection, and is taken up again where it stands. It has no undo of its own.',
  input,
  output,
  examples: [
    { title: 'A program and its arguments', with: { run: ['systemctl', 'stop', 'import-worker'] } },
    {
      title: 'A script, with a secret by env, known to have happened by its result',
      with: {
        run: 'set -e; tar -czf "$ARCHIVE.part" uploads; mv "$ARCHIVE.part" "$ARCHIVE"',
        env: { ARCHIVE: '/srv/backups/uploads.tgz', TOKEN: { secret: [{ name: 'archive_token' }] } },
        cwd: '/srv/app',
        probe: { run: 'test -e "$ARCHIVE"' },
      },
    },
    {
      title: 'A read whose JSON later steps use',
      with: { run: ['npm', 'pkg', 'get', 'version'], effects: 'read', capture: 'json' },
    },
  ],
  targets: [],
  places: ['local', 'ssh'],
  onUnknown: 'ask',
  undoes: false,
  detachable: ({ effects }) => effects === 'write',
  effects: ({ effects }) => effects,
  files: () => [],
  preview,
  load: () => import('./acts.ts'),
});
