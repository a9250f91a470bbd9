/** A small registry of step types and target kinds that do nothing, for tests of what declarations mean. */
import * as z from 'zod';
import type { Registry } from '../../engine/registry.ts';
import { defineStep, secretable } from '../../engine/step.ts';
import { defineTarget } from '../../engine/target.ts';

const notRun = async (): Promise<never> => {
  throw new Error('declarations only');
};

const reads = { onUnknown: 'rerun' } as const;

/** `effects` follows its input; `run` as a text is for a shell. */
const shell = defineStep({
  ...reads,
  type: 'shell',
  forTemplates: true,
  summary: 'A command',
  input: z.strictObject({
    run: z.union([z.string().meta({ literal: true }), z.array(z.string()).min(1).meta({ argv: true })]),
    env: z.record(z.string(), secretable).optional(),
    reads: z.boolean().default(false),
  }),
  output: z.strictObject({ code: z.int(), seconds: z.number(), stdout: z.string(), token: z.string() }),
  examples: [{ title: 'Say hello', with: { run: ['echo', 'hello'] } }],
  places: ['local', 'ssh'],
  onUnknown: 'ask',
  sensitive: ['token'],
  effects: (input) => (input.reads ? 'read' : 'write'),
  preview: (input) => (typeof input.run === 'string' ? input.run : input.run.join(' ')),
});

/** Undoes itself; names a file. */
const put = defineStep({
  ...reads,
  type: 'put',
  forTemplates: true,
  summary: 'Puts a file',
  input: z.strictObject({ path: z.string(), from: z.string(), mode: z.int().optional() }),
  output: z.strictObject({ bytes: z.int(), lines: z.array(z.strictObject({ text: z.string() })) }),
  examples: [],
  places: ['local', 'ssh'],
  onUnknown: 'ask',
  undoes: true,
  effects: () => 'write',
  files: (input) => [input.from],
  preview: (input) => `put ${input.path}`,
});

const check = defineStep({
  ...reads,
  type: 'check',
  summary: 'Reads a URL',
  input: z.strictObject({
    url: z.url(),
    status: z.int().optional(),
    method: z.enum(['GET', 'HEAD']).optional(),
  }),
  output: z.strictObject({ status: z.int(), headers: z.record(z.string(), z.string()) }),
  examples: [],
  places: ['local'],
  effects: () => 'read',
  preview: (input) => `GET ${input.url}`,
});

const query = defineStep({
  ...reads,
  type: 'query',
  forTemplates: true,
  summary: 'Reads a database',
  input: z.strictObject({
    sql: z.string(),
    params: z.array(z.union([z.string(), z.number(), z.null()])).optional(),
    write: z.boolean().default(false),
  }),
  output: z.strictObject({ rows: z.array(z.record(z.string(), z.unknown())), count: z.int() }),
  examples: [],
  targets: ['db'],
  places: ['local'],
  effects: ({ write }) => (write ? 'write' : 'read'),
  reads: ({ sql, write }) => [{ text: sql, path: ['sql'], ...(write && { as: 'transaction' }) }],
  preview: (input) => input.sql,
});

/** Reads two databases: names the other one in its input. */
const compare = defineStep({
  ...reads,
  type: 'compare',
  summary: 'Compares two databases',
  input: z.strictObject({
    against: z.string(),
    also: z.array(z.string()).default([]),
    rows: z.int().optional(),
  }),
  output: z.strictObject({ mismatches: z.int() }),
  examples: [],
  targets: ['db'],
  places: ['local'],
  effects: () => 'read',
  uses: ({ against, also }) => [
    { target: against, kinds: ['db'], path: ['against'] },
    ...also.map((target, i) => ({ target, kinds: ['web', 'local'], path: ['also', i] })),
  ],
  preview: ({ against }) => `compare with ${against}`,
});

const place = defineTarget({
  kind: 'place',
  config: z.strictObject({ host: z.string(), port: z.int().optional(), known_hosts: z.string().optional() }),
  client: 'shell',
  via: true,
  files: (config) => (config.known_hosts === undefined ? [] : [config.known_hosts]),
  describe: (config) => config.host,
});

const db = defineTarget({
  kind: 'db',
  alsoCalled: ['mariadb'],
  config: z.strictObject({ host: z.string(), password: secretable }),
  client: 'db',
  via: true,
  files: () => [],
  describe: (config) => config.host,
  notRead: async (text) =>
    /^select/i.test(text) ? null : { what: `${text} is no read`, remedy: 'Say `effects: write`' },
  notInTransaction: async (text) =>
    /^vacuum/i.test(text) ? { what: `${text} cannot run in one`, remedy: 'Say `transaction: false`' } : null,
});

const web = defineTarget({
  kind: 'web',
  config: z.strictObject({ url: z.url() }),
  client: 'web',
  via: false,
  files: () => [],
  describe: (config) => config.url,
});

export const fakeRegistry: Registry = {
  steps: new Map([shell, put, check, query, compare].map((type) => [type.type, { ...type, load: notRun }])),
  targets: new Map([place, db, web].map((kind) => [kind.kind, { ...kind, load: notRun }])),
};
