import { defineStep } from '../../engine/step.ts';
import {
  previewQuery,
  queryBefore,
  queryInput,
  queryOutput,
  queryTraits,
  readTexts,
} from '../_kits/sql/query-input.ts';

export const postgresQuery = defineStep({
  type: 'postgres.query',
  summary:
    'One SQL statement on Postgres: a read in a READ ONLY transaction, a write in one transaction. Its undo is a statement of yours. Numerics are strings, dates ISO 8601, integers numbers while exact.',
  input: queryInput,
  output: queryOutput,
  before: queryBefore,
  examples: [
    {
      title: 'Every user came across',
      with: { sql: 'SELECT count(*) FROM public.users', expect: { value: 620 } },
    },
    {
      title: 'Switch the mailing on, known to have happened by its value',
      with: {
        sql: "UPDATE settings SET value = $1 WHERE key = 'mailing'",
        params: ['on'],
        effects: 'write',
        expect: { affected: 1 },
        probe: "SELECT value = 'on' FROM settings WHERE key = 'mailing'",
      },
    },
    {
      title: 'Subscribe to the old server; the undo ends the subscription',
      with: {
        sql: 'CREATE SUBSCRIPTION {{name}} CONNECTION {{source}} PUBLICATION upgrade',
        names: { name: 'upgrade' },
        literals: {
          source: { secret: ['host=db-old.example dbname=app user=replica password=', { name: 'replica' }] },
        },
        effects: 'write',
        transaction: false,
        probe: "SELECT count(*) FROM pg_subscription WHERE subname = 'upgrade'",
        undo: { sql: 'DROP SUBSCRIPTION IF EXISTS {{name}}', transaction: false },
      },
    },
  ],
  targets: ['postgres'],
  forTemplates: true,
  places: ['local'],
  evidence: 'target',
  onUnknown: 'ask',
  undoes: true,
  canUndo: (written) => written.undo !== undefined,
  effects: ({ effects }) => effects,
  reads: readTexts('postgres'),
  traits: queryTraits('postgres'),
  preview: previewQuery,
});
