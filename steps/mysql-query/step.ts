import { defineStep } from '../../engine/step.ts';
import { previewQuery, queryInput, queryOutput, queryTraits, readTexts } from '../_kits/sql/query-input.ts';

export const mysqlQuery = defineStep({
  type: 'mysql.query',
  summary:
    'One SQL statement on MySQL or MariaDB: a read in a READ ONLY transaction, a write in one transaction. It has no undo of its own. Decimals are strings, dates ISO 8601, integers numbers while exact.',
  input: queryInput,
  output: queryOutput,
  examples: [
    {
      title: 'No job waits',
      with: {
        sql: 'SELECT COUNT(*) FROM jobs WHERE state = ?',
        params: ['waiting'],
        expect: { value: 0 },
      },
    },
    {
      title: 'Mark the cutover, known to have happened by its row',
      with: {
        sql: 'INSERT INTO cutovers (name) VALUES (?)',
        params: ['supabase'],
        effects: 'write',
        expect: { affected: 1 },
        probe: "SELECT COUNT(*) FROM cutovers WHERE name = 'supabase'",
      },
    },
  ],
  targets: ['mysql'],
  forTemplates: true,
  places: ['local'],
  evidence: 'target',
  onUnknown: 'ask',
  effects: ({ effects }) => effects,
  reads: readTexts,
  traits: queryTraits,
  preview: previewQuery,
});
