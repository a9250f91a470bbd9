import * as z from 'zod';
import { defineStep, secretable } from '../../engine/step.ts';
import { preview } from './preview.ts';

const argv = z.tuple([z.string().min(1)], z.string()).meta({ argv: true });

const run = z
  .union([z.string().min(1).meta({ literal: true }), argv])
  .describe('A list is argv, run without a shell. A text goes to `sh -e`; values reach it by env');

const input = z.strictObject({
  run,
  env: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/, 'not a variable name'), secretable)
    .default({})
    .describe('Variables of the command; the way for values and secrets to reach it'),
  cwd: z.string().min(1).optional().describe('The folder it runs in'),
  stdin: secretable.optional().describe('At most 1 MiB'),
  capture: z
    .enum(['none', 'text', 'lines', 'json'])
    .default('text')
    .describe(
      'What of stdout becomes output; all of it goes to the log, unless it is printed faster than it can be copied. text: its last 64 KiB. lines, json: at most that, or the step fails',
    ),
  effects: z
    .enum(['read', 'write'])
    .default('write')
    .describe('Say `read` for a command that changes nothing: it is then run again without asking'),
  ok_exit_codes: z
    .array(z.int().min(0).max(255))
    .min(1)
    .default([0])
    .describe('Exit codes that mean success'),
  probe: z
    .strictObject({ run })
    .optional()
    .describe(
      'Did it happen? Exit code 0: yes; 1: no; any other: unknown. Same env and cwd; changes nothing. Asked before it starts, after a lost outcome, and after a failing exit code. Not undone then: a no, and a yes that was one before. So it says no only where nothing of the command is left to undo',
    ),
});

const output = z.strictObject({
  /** null: not this command but its probe said that it was done. */
  exit_code: z.int().nullable(),
  stdout: z.string().optional(),
  lines: z.array(z.string()).optional(),
  json: z.json().optional(),
  /** The beginning of stdout is not in the output; the step's log has it, unless it says what was not copied. */
  truncated: z.boolean(),
});

/** null: it has no probe, or was started by an engine that did not ask beforehand. */
const before = z
  .strictObject({
    /** What the probe said before anything was started; null: it could not tell. */
    happened: z.boolean().nullable(),
  })
  .nullable();

export type CommandBefore = z.output<typeof before>;
export type CommandInput = z.output<typeof input>;
export type CommandOutput = z.output<typeof output>;

export const command = defineStep({
  type: 'command',
  summary:
    'Runs a command. A writing one runs under a supervisor in the state folder of its place, so that it outlives the engine and the connection; a resumed run follows it on.',
  input,
  output,
  before,
  examples: [
    {
      title: 'Restart an app by name',
      with: { run: ['pm2', 'restart', 'trading-journal'], cwd: '/srv/app' },
    },
    {
      title: 'A script that gets a secret by its environment',
      with: {
        run: 'curl --fail --silent --header @- https://cdn.example/purge <<EOF\nAuthorization: Bearer $TOKEN\nEOF\n',
        env: { TOKEN: { secret: [{ name: 'cdn_token' }] } },
      },
    },
    {
      title: 'A command that can be asked whether it happened',
      with: {
        run: ['git', 'checkout', '--detach', '0f3c2a1'],
        cwd: '/srv/app',
        probe: { run: ['git', 'diff', '--quiet', '0f3c2a1'] },
      },
    },
    { title: 'A read', with: { run: ['df', '-Pk', '/var'], effects: 'read', capture: 'lines' } },
  ],
  forTemplates: true,
  asked: {
    with: { effects: 'read', ok_exit_codes: [0, 1] },
    done: 'result.exit_code == 0',
    notDone: 'result.exit_code == 1',
  },
  places: ['local', 'ssh'],
  onUnknown: 'ask',
  onInterrupt: ({ effects }) => (effects === 'write' ? 'leave' : 'finish'),
  effects: ({ effects }) => effects,
  traits: ({ run, probe, cwd, effects }) => ({
    commands: [
      { run, path: ['run'] },
      ...(probe ? [{ run: probe.run, path: ['probe', 'run'], probe: true as const }] : []),
    ],
    ...(cwd !== undefined && { cwd }),
    ...(effects === 'write' && !probe && { unproven: true, unprobed: true }),
  }),
  preview,
});
