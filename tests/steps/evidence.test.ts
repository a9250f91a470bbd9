/** A type that keeps its evidence at a service is never judged by a place: it must not act on one. */
import { expect, test } from 'vitest';
import { registry } from '../../steps/index.ts';

test('only types that stay on this machine have their evidence elsewhere', () => {
  const elsewhere = [...registry.steps.values()].filter((type) => type.evidence === 'target');
  expect(elsewhere.map((type) => type.type).toSorted()).toEqual([
    'email.send',
    'mysql.freeze',
    'mysql.query',
    'notify',
    'postgres.freeze',
    'postgres.query',
    'supabase.recovery-emails',
  ]);
  for (const type of elsewhere) expect(type.places).toEqual(['local']);
});
