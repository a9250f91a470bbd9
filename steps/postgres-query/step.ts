import { defineStep } from '../../engine/step.ts';
import { previewQuery, queryInput, queryOutput, queryTraits, readTexts } from '../_kits/sql/query-input.ts';

export const postgresQuery = defineStep({
  type: 'postgres.query',
  summary:
    'One SQL statement on Postgres: a read in a READ ONLY transaction, a write in one transaction. It has no undo of its own. Numerics are strings, dates ISO 8601, integers numbers while exact.',
  input: queryInput,
  output: queryOutput,
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
  ],
  targets: ['postgres'],
  forTemplates: true,
  places: ['local'],
  evidence: 'target',
  onUnknown: 'ask',
  effects: ({ effects }) => effects,
  reads: readTexts,
  traits: queryTraits,
  preview: previewQuery,
});
