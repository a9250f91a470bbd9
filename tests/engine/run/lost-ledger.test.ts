/** Whatever the type and its policy: an act whose frozen list is lost is held, and never run again. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Journal } from '../../../engine/journal/journal.ts';
import { type JournalFile, openJournalFile } from '../../../engine/journal/journal-file.ts';
import type { ActContext } from '../../../engine/step.ts';
import { actStep, plan, planAct } from '../../support/plan-builder.ts';
import { type FakeWorld, fakeWorld } from './fake-steps.ts';
import { TestRun } from './test-run.ts';

async function* one() {
  yield { key: 'a', value: true };
}

/** Serves its one item, then fails: an attempt that changed something and may be retried. */
const serving = (world: FakeWorld, effect: 'none' | 'some' | 'unknown') => {
  world.script.set('a', async (context: ActContext, act) => {
    const ledger = context.ledger('items', z.boolean());
    await ledger.freeze(one());
    for await (const { key } of ledger.pending()) {
      await ledger.claim(key);
      act();
      await ledger.settle(key, 'done');
    }
    return { done: false, effect, retryable: true, short: 'broke off' };
  });
  return world;
};

const night = (effect: 'none' | 'some' | 'unknown', over: Parameters<typeof actStep>[1] = {}) => {
  const world = serving(fakeWorld(), effect);
  world.probes.set('a', { state: 'unknown', why: 'nobody can tell' });
  const act = planAct({ type: 'put', with: { name: 'a' }, retry: { limit: 0, intervalMs: 0, backoff: 1 } });
  return { world, night: new TestRun(plan([actStep('a', { act, ...over })]), world) };
};

const ledgersOf = (n: TestRun): string[] =>
  readdirSync(join(n.dir, 'ledgers')).map((name) => join(n.dir, 'ledgers', name));

const types = (events: Journal['events']): string[] => events.map(({ type }) => type);

describe('a list that was frozen', () => {
  test('is on record, flushed, before anything of it can be claimed', async () => {
    const { night: n, world } = night('some');
    let atClaim: string[] = [];
    const serve = world.script.get('a');
    world.script.set('a', async (context, act) =>
      (serve as NonNullable<typeof serve>)(context, () => {
        atClaim = types(n.journal());
        act();
      }),
    );
    await n.session();
    expect(atClaim.at(-1)).toBe('ledger-frozen');
    expect(n.journal().find(({ type }) => type === 'ledger-frozen')).toMatchObject({
      act: 'a/do/0',
      ledger: 'items',
      count: 1,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('is put on record by the next attempt where the engine died between the file and its event', async () => {
    const { night: n, world } = night('some');
    let dead = false;
    const dying = (path: string, how: 'create' | 'append'): JournalFile => {
      const file = openJournalFile(path, how);
      return {
        ...file,
        write(bytes) {
          dead ||= Buffer.from(bytes).includes('ledger-frozen');
          if (dead) throw new Error('dead');
          file.write(bytes);
        },
      };
    };
    await n.session({}, dying).catch(() => undefined);
    expect(world.done.get('a')).toBeUndefined();
    expect(ledgersOf(n)).toHaveLength(1);
    expect(types(n.journal())).not.toContain('ledger-frozen');
    world.probes.set('a', { state: 'not-done' });
    await n.session();
    expect(types(n.journal()).filter((type) => type === 'ledger-frozen')).toHaveLength(1);
    expect(world.done.get('a')).toBe(1);
  });
});

describe.each(['none', 'some', 'unknown'] as const)('lost after an attempt with effect %s', (effect) => {
  test.each(['hold', 'rollback', 'continue'] as const)(
    'with on_failure: %s the run is held',
    async (onFailure) => {
      const { night: n, world } = night(effect);
      await n.session();
      for (const path of ledgersOf(n)) rmSync(path);
      const policed = plan([actStep('a', { ...(n.plan.steps.a as object), onFailure } as never)]);
      for (const choice of ['retry', 'look', 'retry'] as const) {
        const hold = n.journal().findLast(({ type }) => type === 'run-held');
        const may = hold?.type === 'run-held' && hold.choices.includes(choice);
        const commands = may ? [n.resolve(choice)] : [];
        const { outcome, state } = await n.session({ plan: { ...policed, digest: n.plan.digest }, commands });
        expect(outcome).toBe('held-human');
        expect(state.hold).toMatchObject({
          cause: 'unknown',
          message: expect.stringContaining('it is missing'),
        });
      }
      expect(world.done.get('a')).toBe(1);
    },
  );
});
