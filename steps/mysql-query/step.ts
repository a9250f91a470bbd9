import { defineStep } from '../../engine/step.ts';
import {
  previewQuery,
  queryBefore,
  queryInput,
  queryOutput,
  queryTraits,
  readTexts,
} from '../_kits/sql/query-input.ts';

export const mysqlQuery = defineStep({
  type: 'mysql.query',
  summary:
    'One SQL statement on MySQL or MariaDB: a read in a READ ONLY transaction, a write in one transaction. Its undo is a statement of yours. Decimals are strings, dates ISO 8601, integers numbers while exact.',
  input: queryInput,
  output: queryOutput,
  before: queryBefore,
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
    {
      title: 'Close the section for writes; the undo restores what was set before',
      with: {
        sql: 'SET GLOBAL read_only = 1',
        effects: 'write',
        transaction: false,
        probe: 'SELECT @@GLOBAL.read_only',
        before: { sql: 'SELECT @@GLOBAL.read_only AS was' },
        undo: { sql: 'SET GLOBAL read_only = {{before.was}}', transaction: false },
      },
    },
  ],
  targets: ['mysql'],
  forTemplates: true,
  places: ['local'],
  evidence: 'target',
  onUnknown: 'ask',
  undoes: true,
  canUndo: (written) => written.undo !== undefined,
  effects: ({ effects }) => effects,
  reads: readTexts('mysql'),
  traits: queryTraits('mysql'),
  preview: previewQuery,
});
