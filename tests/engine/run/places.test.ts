/** What was not found on a place counts only where the run's marker is found: see engine/run/places.ts. */
import { describe, expect, test } from 'vitest';
import type { RunOptions } from '../../../engine/run/options.ts';
import type { AnyStepActs } from '../../../engine/step.ts';
import { actStep, autoUndo, gateStep, plan, planAct } from '../../support/plan-builder.ts';
import { type FakeWorld, fakeRegistry, fakeWorld } from './fake-steps.ts';
import { TestRun } from './test-run.ts';

const put = (id: string, over: Parameters<typeof planAct>[0] = {}) => {
  const act = planAct({ type: 'put', with: { name: id }, detachable: true, ...over });
  return actStep(id, { act, undo: { ...autoUndo, acts: [act] } });
};

const rollBack = () => ({ command: 'roll-back', user: 'u', reason: 'r', at: Date.now() }) as const;

/** The engine leaves while `id` is at work: its attempt stays open. */
const leaveDuring = async (night: TestRun, id: string, options: Partial<RunOptions> = {}): Promise<void> => {
  night.world.script.set(id, async ({ signal }) => {
    const left = new Promise<void>((done) => signal.addEventListener('abort', () => done()));
    setTimeout(() => night.interrupt(1), 5);
    await left;
    return { done: false, effect: 'unknown', retryable: false, short: 'left running' };
  });
  expect((await night.session(options)).outcome).toBe('interrupted');
  night.world.script.clear();
};

const opened = async (steps: Parameters<typeof plan>[0] = [put('a')]): Promise<TestRun> => {
  const night = new TestRun(plan(steps), fakeWorld());
  await leaveDuring(night, 'a');
  return night;
};

const known = (night: TestRun) => night.journal().filter((e) => e.type === 'place-known');
const why = (night: TestRun): string | undefined =>
  night.journal().flatMap((e) => (e.type === 'act-probed' && e.state === 'unknown' ? [e.why] : []))[0];

/** Types with a declaration of their own. */
const changed = (
  world: FakeWorld,
  over: { readonly evidence?: 'place' | 'target'; readonly acts?: Partial<AnyStepActs> },
): Partial<RunOptions> => {
  const registry = fakeRegistry(world);
  const steps = [...registry.steps].map(([name, type]) => {
    if (name !== 'put') return [name, type] as const;
    const load = async () => ({ acts: { ...(await type.load()).acts, ...over.acts } });
    return [name, { ...type, ...(over.evidence && { evidence: over.evidence }), load }] as const;
  });
  return { registry: { ...registry, steps: new Map(steps) } };
};

test('a place is journaled once, before the first intent there, and the marker is there', async () => {
  const night = new TestRun(plan([put('a'), put('b')]), fakeWorld());
  await night.session();
  const types = night.journal().map((e) => e.type);
  expect(types.filter((t) => t === 'place-known')).toHaveLength(1);
  expect(types.indexOf('place-known')).toBeLessThan(types.indexOf('act-started'));
  const [place] = known(night);
  expect(place).toMatchObject({ place: 'local', host: 'h', boot: 'b1', user: 'u', stateDir: '/state' });
  expect(place && night.world.place.markers.get('/state')).toBe(
    place?.type === 'place-known' && place.marker,
  );
});

test('a type whose evidence is elsewhere needs nothing of the place', async () => {
  const night = new TestRun(plan([put('a')]), fakeWorld());
  await leaveDuring(night, 'a', changed(night.world, { evidence: 'target' }));
  expect(known(night)).toEqual([]);
  expect((await night.session(changed(night.world, { evidence: 'target' }))).outcome).toBe('succeeded');
});

test('on the same place, what did not happen is done', async () => {
  const night = await opened();
  night.world.place.boot = 'b2';
  expect((await night.session()).outcome).toBe('succeeded');
  expect(night.world.done.get('a')).toBe(1);
  expect(known(night).map((e) => e.type === 'place-known' && e.boot)).toEqual(['b1', 'b2']);
});

describe.each([
  [
    'another host',
    (w: FakeWorld) => {
      w.place.host = 'other';
    },
    'the host name of local is other, it was h',
  ],
  [
    'another user',
    (w: FakeWorld) => {
      w.place.user = 'root';
    },
    'the user on local is root, it was u',
  ],
  [
    'another folder',
    (w: FakeWorld) => {
      w.place.stateDir = '/else';
    },
    'the state folder of this run on local is in /else, it was in /state',
  ],
  ['a cleaned folder', (w: FakeWorld) => w.place.markers.clear(), 'was removed or replaced'],
])('%s', (_, change, said) => {
  test('holds as unknown, however often it is asked, and nothing is done twice', async () => {
    const night = await opened();
    change(night.world);
    for (let n = 0; n < 2; n++) {
      const { outcome, state } = await night.session();
      expect(outcome).toBe('held-human');
      expect(state.hold?.cause).toBe('unknown');
    }
    expect(why(night)).toContain(said);
    expect(night.world.done.get('a')).toBe(undefined);
  });

  test('leaves the point of no return crossed', async () => {
    const act = planAct({ type: 'put', with: { name: 'a' }, detachable: true });
    const night = await opened([
      gateStep('gate', { prompt: null, approvers: [], criteria: ['vars == {}'] }),
      'line',
      actStep('a', { act, undo: { ...autoUndo, acts: [act] } }),
    ]);
    change(night.world);
    const { state } = await night.session();
    expect(state.line?.act).toBe('a/do/0');
    expect(state.hold?.cause).toBe('unknown');
  });

  test('holds also a type that could otherwise be run again unasked', async () => {
    const night = new TestRun(plan([put('a', { onUnknown: 'rerun' })]), fakeWorld());
    await leaveDuring(night, 'a');
    change(night.world);
    expect((await night.session()).state.hold?.cause).toBe('unknown');
    expect(night.world.done.get('a')).toBe(undefined);
  });

  test('is no proof that work has ended: nothing is undone beside it, until a person says so', async () => {
    const night = await opened([put('before'), put('a')]);
    change(night.world);
    const options = changed(night.world, { acts: { end: async () => true } });
    const { outcome, state } = await night.session({ ...options, commands: [rollBack()] });
    expect({ outcome, cause: state.hold?.cause }).toEqual({ outcome: 'held-human', cause: 'living' });
    expect(night.world.standing.has('before')).toBe(true);
    // An undo goes by what its act left there.
    const further = await night.session({ ...options, commands: [night.resolve('ended')] });
    expect(further.outcome).toBe('held-failed');
    expect(further.state.hold?.message).toContain(said);
  });

  test('is no place to undo from; once it is the right one again, the rollback ends', async () => {
    const night = new TestRun(plan([put('a'), put('b')]), fakeWorld());
    night.world.script.set('b', async () => ({ done: false, effect: 'none', retryable: false, short: 'no' }));
    await night.session();
    const { markers, ...was } = { ...night.world.place, markers: new Map(night.world.place.markers) };
    change(night.world);
    const held = await night.session({ commands: [rollBack()] });
    expect(held.outcome).toBe('held-failed');
    expect(held.state.hold?.message).toContain(said);
    expect([...night.world.standing.keys()]).toEqual(['a']);
    Object.assign(night.world.place, was);
    for (const [dir, marker] of markers) night.world.place.markers.set(dir, marker);
    expect((await night.session()).outcome).toBe('rolled-back');
    expect([...night.world.standing.keys()]).toEqual([]);
  });
});

test('the right place again: the run continues, and runs the open act once', async () => {
  const night = await opened();
  night.world.place.stateDir = '/else';
  expect((await night.session()).state.hold?.cause).toBe('unknown');
  night.world.place.stateDir = '/state';
  expect((await night.session()).outcome).toBe('succeeded');
  expect(night.world.done.get('a')).toBe(1);
});

test('each attempt is judged by the place that it was made at, however often that changes', async () => {
  const night = new TestRun(plan([put('a'), put('b'), put('c')]), fakeWorld());
  const at = (stateDir: string) => {
    night.world.place.stateDir = stateDir;
  };
  night.world.script.set('b', async () => ({ done: false, effect: 'none', retryable: false, short: 'no' }));
  await night.session();
  at('/else');
  await leaveDuring(night, 'b');
  at('/state');
  expect((await night.session()).state.hold?.cause).toBe('unknown');
  at('/else');
  await leaveDuring(night, 'c');
  at('/state');
  expect((await night.session({ commands: [night.resolve('retry')] })).state.hold?.cause).toBe('unknown');
  at('/else');
  expect((await night.session()).outcome).toBe('succeeded');
  expect(Object.fromEntries(night.world.done)).toEqual({ a: 1, b: 1, c: 1 });
  const markers = known(night).map((e) => e.type === 'place-known' && e.marker);
  expect(markers.map((m) => markers.indexOf(m))).toEqual([0, 1]);
  expect(night.view.events.filter((e) => e.type === 'place-known')).toHaveLength(2);
});

test('back where the run had been before, its marker there is kept', async () => {
  const night = new TestRun(plan([put('a')]), fakeWorld());
  night.world.script.set('a', async () => ({ done: false, effect: 'none', retryable: false, short: 'no' }));
  for (const stateDir of ['/state', '/else', '/state']) {
    night.world.place.stateDir = stateDir;
    await night.session();
  }
  const markers = known(night).map((e) => e.type === 'place-known' && e.marker);
  expect(markers.map((m) => markers.indexOf(m))).toEqual([0, 1, 0]);
});

test('an attempt of an engine that knew no places holds as unknown', async () => {
  const night = new TestRun(plan([put('a')]), fakeWorld());
  await leaveDuring(night, 'a', changed(night.world, { evidence: 'target' }));
  expect((await night.session()).state.hold?.cause).toBe('unknown');
  expect(why(night)).toContain('the journal does not record where this attempt left its files on local');
});

test('an undo that was cut short is not run beside itself from another folder', async () => {
  const night = new TestRun(plan([put('a'), put('b')]), fakeWorld());
  night.world.script.set('b', async () => ({ done: false, effect: 'none', retryable: false, short: 'no' }));
  await night.session();
  let undone = 0;
  const undo = async () => {
    undone += 1;
    night.interrupt(1);
    night.interrupt(2);
    return { done: false, effect: 'unknown', retryable: false, short: 'cut short' } as const;
  };
  await night.session({ ...changed(night.world, { acts: { undo } }), commands: [rollBack()] });
  night.world.place.markers.clear();
  await night.session({ ...changed(night.world, { acts: { undo } }) });
  expect(undone).toBe(1);
});
