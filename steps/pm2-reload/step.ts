import parseDuration from 'parse-duration';
import * as z from 'zod';
import { defineStep, secretable } from '../../engine/step.ts';
import { absolutePath } from '../_work/path.ts';
import { supervised } from '../_work/work-before.ts';

/** pm2 splits `--only` at blanks and commas, takes digits for ids, and `all` for everybody. */
const appName = z
  .string()
  .regex(/^(?!all$)(?!\d+$)[\w.:@-]+$/, 'The name of one app, as the ecosystem file gives it');

const variable = z.string().regex(/^[A-Za-z_]\w*$/, 'The name of a variable, such as DATABASE_URL');

const input = z
  .strictObject({
    name: appName.describe('The app, as the ecosystem file names it'),
    also: z
      .array(appName)
      .default([])
      .describe('Further apps of the same ecosystem file, such as a worker: treated alike'),
    ecosystem: absolutePath.describe('The ecosystem file; the undo starts from it as well'),
    state: z
      .enum(['running', 'stopped'])
      .default('running')
      .describe('running: started anew, whatever ran. stopped: deleted, their processes proven gone'),
    env: z
      .strictObject({
        expect: z.record(variable, secretable).default({}).describe('Each process has exactly this'),
        absent: z.array(variable).default([]).describe('No process has any of these'),
      })
      .default({ expect: {}, absent: [] })
      .describe(
        'What the processes were started with. What an app loads itself, as by process.loadEnvFile, is not in it',
      ),
    stable_for: z
      .string()
      .refine((text) => (parseDuration(text) ?? -1) >= 0, 'A duration, such as 2s')
      .default('2s')
      .describe('Online this long, as the same processes, before it counts'),
    save: z.boolean().default(true).describe('`pm2 save`, so that a reboot brings up the same'),
  })
  .refine(({ name, also }) => new Set([name, ...also]).size === also.length + 1, {
    message: 'Each app once',
    path: ['also'],
  });

const output = z.strictObject({
  name: z.string(),
  state: z.enum(['running', 'stopped']),
  apps: z.array(
    z.strictObject({
      name: z.string(),
      pids: z.array(z.int()),
      /** The folder it really runs in, links resolved; null: not to be told, or stopped. */
      cwd: z.string().nullable(),
    }),
  ),
  /** Of all apps of the step. */
  pids: z.array(z.int()),
  previous_pids: z.array(z.int()),
  /** That pm2 counted since the start. */
  restarts: z.int(),
});

/** Without their environment: it holds secrets. */
export const reloadBefore = z.strictObject({
  apps: z.array(
    z.strictObject({
      name: z.string(),
      /** Whether it was at work; pm2 may also know an app that is stopped or has failed. */
      ran: z.boolean(),
      pids: z.array(z.int()),
      cwd: z.string().nullable(),
      script: z.string(),
    }),
  ),
  supervised,
});

export type Pm2ReloadInput = z.output<typeof input>;
export type Pm2ReloadOutput = z.output<typeof output>;
export type ReloadBefore = z.output<typeof reloadBefore>;

export const pm2Reload = defineStep({
  type: 'pm2.reload',
  summary:
    'Starts apps of an ecosystem file anew by name, or stops them: deleted and started, because `pm2 restart` keeps the folder and the variables of old. Waits until they stay up, and looks at what the processes were really started with. Other apps are not touched. The undo starts again what ran, in the folder where it ran, or deletes what did not.',
  input,
  output,
  before: reloadBefore,
  examples: [
    {
      title: 'Start the new release, with its own environment only',
      with: {
        name: 'trading-journal',
        ecosystem: '/srv/app/current/ecosystem.config.cjs',
        env: { expect: { NODE_ENV: 'production' }, absent: ['MYSQL_URL'] },
        stable_for: '5s',
      },
    },
    {
      title: 'Stop the old app and its worker',
      with: {
        name: 'trading-journal',
        also: ['trading-journal-worker'],
        ecosystem: '/srv/app/current/ecosystem.config.cjs',
        state: 'stopped',
      },
    },
  ],
  places: ['local', 'ssh'],
  // Starting or stopping once more comes to the same.
  onUnknown: 'rerun',
  undoes: true,
  effects: () => 'write',
  preview: ({ name, also, ecosystem, state, save }) => {
    const names = [name, ...also];
    const start = state === 'running' ? ` && pm2 start ${ecosystem} --only ${names.join(',')}` : '';
    return `pm2 delete ${names.join(' ')}${start}${save ? ' && pm2 save' : ''}`;
  },
});
