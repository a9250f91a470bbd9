import * as z from 'zod';
import { defineStep } from '../../engine/step.ts';
import { dumpMode, dumpPath, dumpPolicy } from '../_kits/sql/dump-step.ts';

const schema = z.string().min(1).max(63);
const table = z
  .string()
  .regex(/^[^.]{1,63}\.[^.]{1,63}$/, 'Schema and name, such as public.users')
  .meta({ examples: ['public.users'] });

const input = z
  .strictObject({
    path: dumpPath,
    format: z
      .enum(['custom', 'plain'])
      .default('custom')
      .describe('custom: compressed, what pg_restore and postgres.restore read; plain: SQL for psql'),
    schemas: z
      .array(schema)
      .min(1)
      .optional()
      .describe('Only these schemas, such as public on Supabase; default: the whole database'),
    tables: z
      .array(table)
      .min(1)
      .optional()
      .describe('Only these tables, each as schema.name, without what they depend on'),
    mode: dumpMode,
  })
  .refine(({ schemas, tables }) => schemas === undefined || tables === undefined, {
    message: 'Either schemas or tables',
    path: ['tables'],
  });

export type PostgresDumpInput = z.output<typeof input>;

export const postgresDump = defineStep({
  type: 'postgres.dump',
  summary:
    'Dumps a database with pg_dump on the place it runs on: one consistent snapshot. The file appears only when all of it has been read back and its tables have been compared with those of the database. pg_dump must not be older than the server; through a pooler it needs session mode. Roles and tablespaces belong to the whole server and are in no dump of a database. The undo removes the file.',
  ...dumpPolicy,
  input,
  examples: [
    { title: 'The last dump before the cutover', with: { path: '/var/backups/shop.dump' } },
    {
      title: 'One schema, as SQL',
      with: { path: '/var/backups/shop.sql', format: 'plain', schemas: ['public'], mode: '0640' },
    },
    {
      title: 'Two tables only',
      with: { path: '/var/backups/people.dump', tables: ['public.users', 'public.accounts'] },
    },
  ],
  targets: ['postgres'],
  preview: ({ path, format, schemas = [], tables = [] }) =>
    [
      `pg_dump --no-password --format=${format}`,
      ...schemas.map((name) => `--schema=${name}`),
      ...tables.map((name) => `--table=${name}`),
      `--file=${path}`,
    ].join(' '),
});
