/**
 * The engine dies at every boundary of the journal, one run after the other: before a write, between write
 * and fsync, after the fsync. A resumed session must end the run with everything done exactly once.
 */
import { describe, expect, test } from 'vitest';
import {
  type JournalFile,
  type OpenJournalFile,
  openJournalFile,
} from '../../../engine/journal/journal-file.ts';
import type { Tell } from '../../../engine/run/tell.ts';
import {
  actStep,
  autoUndo,
  checklistStep,
  gateStep,
  lanes,
  plan,
  planAct,
  span,
  watchStep,
} from '../../support/plan-builder.ts';
import { fakeWorld } from './fake-steps.ts';
import { TestRun } from './test-run.ts';

class Died extends Error {}

type Boundary = 'before-write' | 'before-sync' | 'after-sync';

/** Fails at the n-th boundary and, like a dead process, at everything after it. */
const dyingAt = (n: number, boundary: Boundary): { open: OpenJournalFile; reached: () => boolean } => {
  let count = 0;
  let dead = false;
  const at = (here: Boundary) => {
    if (!dead && here === boundary && ++count === n) dead = true;
    if (dead) throw new Died(`${boundary} ${n}`);
  };
  const open: OpenJournalFile = (path, how) => {
    const file = openJournalFile(path, how);
    let opened = false;
    const wrapped: JournalFile = {
      ...file,
      write(bytes) {
        opened = true;
        at('before-write');
        file.write(bytes);
      },
      sync() {
        if (opened) at('before-sync');
        file.sync();
        if (opened) at('after-sync');
      },
      truncate(length) {
        // A dead engine does not tidy up.
        if (!dead) file.truncate(length);
      },
    };
    return wrapped;
  };
  return { open, reached: () => dead };
};

const look = (name: string) => planAct({ type: 'look', with: { name }, effects: 'read', onUnknown: 'rerun' });

const put = (id: string) => {
  const act = planAct({ type: 'put', with: { name: id }, preview: `put ${id}` });
  const verify = [planAct({ type: 'look', with: { name: id }, effects: 'read' })];
  return actStep(id, { act, verify, undo: { ...autoUndo, acts: [act] } });
};

const retried = { limit: 1, intervalMs: 2, backoff: 2 };

/** Fails by itself, once and no more; how it ended is kept where it ran. */
const failsOnce = (night: TestRun, name: string, effect: 'none' | 'some') => {
  let failed = false;
  night.world.script.set(name, async ({ act: key, attempt }, act) => {
    if (failed) {
      act();
      return { done: true, output: { name } };
    }
    failed = true;
    const outcome = { done: false, effect, retryable: true, short: 'exit code 1' } as const;
    night.world.ended.set(`${key}#${attempt}`, outcome);
    return outcome;
  });
};

const withRetry = (id: string) => {
  const step = put(id);
  return { ...step, act: { ...step.act, retry: retried } };
};

/** One that fails once in the list, one beside another in a group, and one whose undo is an act of its own. */
const retriedOnce = plan([withRetry('a'), [withRetry('b'), put('c')]]);
const undoneByAct = plan([
  actStep('u', {
    act: planAct({ type: 'put', with: { name: 'u' }, preview: 'put u' }),
    undo: {
      ...autoUndo,
      mode: 'own',
      acts: [planAct({ type: 'put', with: { name: 'back' }, preview: 'put back', retry: retried })],
    },
  }),
]);

const cutover = plan([
  put('a'),
  [put('b'), put('c')],
  gateStep('gate', { prompt: null, approvers: [], criteria: ['vars == {}'] }),
  'line',
  put('doors'),
]);

/** Chains beside each other, with the ids of a loop; one step of them is passed although it fails. */
const chained = plan([
  put('a'),
  lanes(
    [put('s[1]/b'), put('s[1]/c')],
    [{ ...put('s[2]/b'), onFailure: 'continue' }, put('s[2]/c')],
    [put('s[3]/b')],
  ),
  put('z'),
]);

/** A span over it all and one that is too long, and somebody who is told: each of their events is a boundary too. */
const timed = plan([put('a'), put('b'), put('c')], {
  spans: [
    span('short', { from: ['a'], to: ['b'], limitMs: 3_600_000 }),
    span('long', { from: ['a'], to: ['c'], limitMs: 1, onBreach: 'notify' }),
  ],
  notify: [
    {
      id: 'chat',
      where: 'chat',
      on: ['breach', 'end'],
      steps: ['b'],
      channel: { kind: 'mail', through: 'post', to: ['a@example.org'], subject: null },
      line: 1,
    },
  ],
});

/** A watch beside it all, one in the list, and a checklist: each measurement and each item is a boundary too. */
const watched = plan([
  watchStep('beside', { untilMs: 3_600_000, count: 3, intervalMs: 3, measure: look('ground') }),
  put('a'),
  watchStep('between', { count: 2, intervalMs: 3, measure: look('a') }),
  checklistStep('c', ['one', 'two'], {
    items: ['one', 'two'].map((id) => ({ id, say: id, check: look('a') })),
  }),
  put('b'),
]);

/** The lock is taken, lost with the engine and taken again, or given back and not known to be. */
const locked = { ...plan([put('a'), put('b')]), lock: { name: 'only-one', runOn: 'local', ttlMs: 60_000 } };

describe.each(['before-write', 'before-sync', 'after-sync'] as const)('dying %s', (boundary) => {
  test('costs nothing, wherever it happens', async () => {
    for (let n = 1; ; n++) {
      const night = new TestRun(cutover, fakeWorld());
      const { open, reached } = dyingAt(n, boundary);
      const first = await night.session({}, open).catch((error: unknown) => error);
      if (!reached()) {
        expect(n).toBeGreaterThan(5);
        return;
      }
      expect(first).toBeInstanceOf(Error);
      const { outcome } = await night.session();
      expect({ n, outcome, done: Object.fromEntries(night.world.done) }).toEqual({
        n,
        outcome: 'succeeded',
        done: { a: 1, b: 1, c: 1, doors: 1 },
      });
    }
  });

  test.each(['none', 'some'] as const)(
    'an act that fails once (effect %s) keeps its one retry',
    {
      timeout: 120_000,
    },
    async (effect) => {
      for (let n = 1; ; n++) {
        const night = new TestRun(retriedOnce, fakeWorld());
        for (const name of ['a', 'b']) failsOnce(night, name, effect);
        const { open, reached } = dyingAt(n, boundary);
        await night.session({}, open).catch(() => {});
        if (!reached()) {
          expect(n).toBeGreaterThan(8);
          return;
        }
        const { outcome, state } = await night.session();
        expect({ n, outcome, holds: state.holds, done: Object.fromEntries(night.world.done) }).toEqual({
          n,
          outcome: 'succeeded',
          holds: 0,
          done: { a: 1, b: 1, c: 1 },
        });
      }
    },
  );

  test('one that fails twice fails, with one retry, wherever the engine dies', {
    timeout: 120_000,
  }, async () => {
    for (let n = 1; ; n++) {
      const night = new TestRun(plan([withRetry('a')]), fakeWorld());
      let runs = 0;
      night.world.script.set('a', async ({ act: key, attempt }) => {
        runs++;
        const outcome = { done: false, effect: 'none', retryable: true, short: 'exit code 1' } as const;
        night.world.ended.set(`${key}#${attempt}`, outcome);
        return outcome;
      });
      const { open, reached } = dyingAt(n, boundary);
      await night.session({}, open).catch(() => {});
      if (!reached()) return;
      // Held before it died: the operator's next session would be one of retries anew.
      if (night.journal().some((e) => e.type === 'run-held')) continue;
      const { outcome } = await night.session();
      expect({ n, outcome, runs }).toEqual({ n, outcome: 'held-failed', runs: 2 });
    }
  });

  test('an undo that fails once keeps its retry', { timeout: 120_000 }, async () => {
    for (let n = 1; ; n++) {
      const night = new TestRun(undoneByAct, fakeWorld());
      failsOnce(night, 'back', 'some');
      await night.session({ commands: [] });
      const { open, reached } = dyingAt(n, boundary);
      const command = { command: 'roll-back', user: 'u', reason: 'r', at: Date.now() } as const;
      await night.session({ commands: [command] }, open).catch(() => {});
      if (!reached()) {
        expect(n).toBeGreaterThan(4);
        return;
      }
      const started = night.journal().some((e) => e.type === 'rollback-started');
      const { outcome, state } = await night.session(started ? {} : { commands: [command] });
      expect({ n, outcome, holds: state.holds, back: night.world.done.get('back') }).toEqual({
        n,
        outcome: 'rolled-back',
        holds: 0,
        back: 1,
      });
    }
  });

  test('beside a watch and in a checklist, nothing is counted or asked twice', {
    timeout: 120_000,
  }, async () => {
    for (let n = 1; ; n++) {
      const night = new TestRun(watched, fakeWorld());
      // Stands from the start: on a busy machine all that is measured beside `a` may come before it.
      night.world.standing.set('ground', true);
      const { open, reached } = dyingAt(n, boundary);
      await night.session({}, open).catch(() => {});
      if (!reached()) {
        expect(n).toBeGreaterThan(8);
        return;
      }
      const { outcome } = await night.session();
      const events = night.journal();
      const numbers = (step: string) =>
        events.flatMap((e) => (e.type === 'watch-measured' && e.step === step ? [e.n] : []));
      const items = events.flatMap((e) => (e.type === 'item-checked' ? [e.item] : []));
      expect({ n, outcome, items, between: numbers('between') }).toEqual({
        n,
        outcome: 'succeeded',
        items: ['one', 'two'],
        between: [1, 2],
      });
      expect(numbers('beside')).toEqual(numbers('beside').map((_, i) => i + 1));
      expect(Object.fromEntries(night.world.done)).toEqual({ a: 1, b: 1 });
    }
  });

  test('the lock is never free while the run is not settled, and free afterwards', async () => {
    for (let n = 1; ; n++) {
      const night = new TestRun(locked, fakeWorld());
      const { open, reached } = dyingAt(n, boundary);
      await night.session({}, open).catch(() => {});
      const { locks } = night.world;
      if (!reached()) {
        expect(n).toBeGreaterThan(5);
        return;
      }
      const journaled = night.journal().map((e) => e.type);
      // Given back, and the engine died before it could write that down: nothing but the end was left.
      const givenBack = locks.of('only-one')?.free === true;
      if (journaled.includes('lock-taken') && !givenBack)
        expect(locks.of('only-one')).toMatchObject({ run: 'r1' });
      if (givenBack) expect(journaled.filter((type) => type === 'step-settled')).toHaveLength(2);
      const { outcome } = await night.session();
      expect({ n, outcome, done: Object.fromEntries(night.world.done) }).toEqual({
        n,
        outcome: 'succeeded',
        done: { a: 1, b: 1 },
      });
      expect(locks.of('only-one')).toMatchObject({ run: 'r1', free: true });
    }
  });

  test('in lanes, each goes on where it was', { timeout: 120_000 }, async () => {
    for (let n = 1; ; n++) {
      const night = new TestRun(chained, fakeWorld());
      const { open, reached } = dyingAt(n, boundary);
      await night.session({}, open).catch(() => {});
      if (!reached()) {
        expect(n).toBeGreaterThan(12);
        return;
      }
      const { outcome, state } = await night.session();
      const order = (id: string) => state.steps[id]?.order ?? -1;
      expect({ n, outcome, done: Object.fromEntries(night.world.done) }).toEqual({
        n,
        outcome: 'succeeded',
        done: { a: 1, 's[1]/b': 1, 's[1]/c': 1, 's[2]/b': 1, 's[2]/c': 1, 's[3]/b': 1, z: 1 },
      });
      expect(order('s[1]/b')).toBeLessThan(order('s[1]/c'));
      expect(order('s[2]/b')).toBeLessThan(order('s[2]/c'));
      expect(order('z')).toBe(6);
    }
  });

  test('lanes that are undone beside each other are all undone, each newest first', {
    timeout: 120_000,
  }, async () => {
    for (let n = 1; ; n++) {
      const night = new TestRun(chained, fakeWorld());
      night.world.script.set('s[1]/c', async (_, act) => {
        act();
        return { done: false, effect: 'some', retryable: false, short: 'half' };
      });
      await night.session();
      const command = { command: 'roll-back', user: 'u', reason: 'r', at: Date.now() } as const;
      const { open, reached } = dyingAt(n, boundary);
      await night.session({ commands: [command] }, open).catch(() => {});
      if (!reached()) {
        expect(n).toBeGreaterThan(8);
        return;
      }
      const rollingBack = night.journal().some((e) => e.type === 'rollback-started');
      const { outcome } = await night.session(rollingBack ? {} : { commands: [command] });
      expect({ n, outcome, left: [...night.world.standing.keys()] }).toEqual({
        n,
        outcome: 'rolled-back',
        left: [],
      });
      const undone = night
        .journal()
        .flatMap((e) => (e.type === 'step-settled' && e.state === 'undone' ? e.step : []));
      expect(undone.indexOf('s[1]/c')).toBeLessThan(undone.indexOf('s[1]/b'));
      expect(undone.at(-1)).toBe('a');
    }
  });

  test('spans are counted once, from their journaled instants, and nobody is told nothing', {
    timeout: 120_000,
  }, async () => {
    for (let n = 1; ; n++) {
      const night = new TestRun(timed, fakeWorld());
      const sent: string[] = [];
      const tell: Tell = {
        teller: async () => ({
          deliver: async (_, __, { id }) => {
            sent.push(id);
            return { state: 'done', status: null };
          },
          check: async () => [],
        }),
        text: ({ type }) => type,
      };
      const { open, reached } = dyingAt(n, boundary);
      await night.session({ tell }, open).catch(() => {});
      if (!reached()) {
        expect(n).toBeGreaterThan(8);
        return;
      }
      const ended = night.journal().some((e) => e.type === 'run-settled');
      const { outcome, state } = await night.session({ tell });
      expect({ n, outcome }).toEqual({ n, outcome: 'succeeded' });
      const events = night.journal();
      // An act that is proven to have had no effect began nothing.
      const begun = (of: string, nth: number) =>
        !events.some((e) => e.type === 'span-closed' && e.span === of && e.n === nth && e.as === 'not-done');
      const spans = events.flatMap((e) =>
        (e.type === 'span-opened' || e.type === 'span-closed' || e.type === 'span-breached') &&
        begun(e.span, e.n)
          ? [`${e.type} ${e.span}`]
          : [],
      );
      const once = ['opened short', 'closed short', 'opened long', 'breached long', 'closed long'];
      expect(spans.toSorted()).toEqual(once.map((each) => `span-${each}`).toSorted());
      const started = events.findLast((e) => e.type === 'act-started' && e.act === 'a/do/0');
      const { long, short } = state.spans;
      expect([short?.since, long?.since, long?.breachedAt]).toEqual([
        started?.at,
        started?.at,
        (started?.at ?? 0) + 1,
      ]);
      // At least once: a message on its way when the engine died goes out again, under its own id.
      const wanted = events.flatMap((e) =>
        e.type === 'span-breached' ||
        e.type === 'run-settled' ||
        ((e.type === 'step-started' || e.type === 'step-settled') && e.step === 'b')
          ? [e.seq]
          : [],
      );
      const record = events.flatMap((e) => (e.type === 'told' && e.ok ? [e.of] : []));
      expect({ n, ended, told: record.toSorted((x, y) => x - y) }).toEqual({ n, ended, told: wanted });
      expect(new Set(sent)).toEqual(new Set(wanted.map((seq) => `r1/chat%23${seq}`)));
    }
  });

  test('in a rollback, everything is still undone', async () => {
    for (let n = 1; ; n++) {
      const night = new TestRun(cutover, fakeWorld());
      night.world.script.set('c', async (_, act) => {
        act();
        return { done: false, effect: 'some', retryable: false, short: 'half' };
      });
      await night.session();
      const command = { command: 'roll-back', user: 'u', reason: 'r', at: Date.now() } as const;
      const { open, reached } = dyingAt(n, boundary);
      await night.session({ commands: [command] }, open).catch(() => {});
      if (!reached()) {
        expect(n).toBeGreaterThan(4);
        return;
      }
      const rollingBack = night.journal().some((e) => e.type === 'rollback-started');
      const { outcome } = await night.session(rollingBack ? {} : { commands: [command] });
      expect({ n, outcome, left: [...night.world.standing.keys()] }).toEqual({
        n,
        outcome: 'rolled-back',
        left: [],
      });
    }
  });

  test('with the state folder lost between the sessions, nothing is done twice: the run is held', async () => {
    let held = 0;
    for (let n = 1; ; n++) {
      const night = new TestRun(cutover, fakeWorld());
      const { open, reached } = dyingAt(n, boundary);
      await night.session({}, open).catch(() => {});
      if (!reached()) break;
      night.world.place.markers.clear();
      // Finding nothing is no proof there, whatever the probe makes of it.
      for (const name of ['a', 'b', 'c', 'doors']) night.world.probes.set(name, { state: 'not-done' });
      const { outcome, state } = await night.session();
      if (outcome !== 'succeeded') held += 1;
      const line = night.journal().some((e) => e.type === 'line-crossed');
      expect({ n, outcome, line: state.line !== null }).toEqual({
        n,
        outcome: outcome === 'succeeded' ? outcome : 'held-human',
        line,
      });
      expect([...night.world.done.values()].every((times) => times === 1)).toBe(true);
    }
    expect(held).toBeGreaterThan(2);
  });
});
