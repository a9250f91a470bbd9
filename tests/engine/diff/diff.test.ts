/** Changes of plans, each with its danger. */
import { describe, expect, test } from 'vitest';
import { diffPlans } from '../../../engine/diff/diff.ts';
import type { Plan, PlanAct } from '../../../engine/plan.ts';
import {
  actStep,
  autoUndo,
  checklistStep,
  gateStep,
  lanes,
  plan,
  planAct,
  waitStep,
  watchStep,
} from '../../support/plan-builder.ts';

const told = (before: Plan, after: Plan) =>
  diffPlans(before, after).changes.map(
    ({ kind, danger, step, what }) => `${danger} ${kind} ${step ?? '-'}: ${what}`,
  );

const read = (over: Partial<PlanAct> = {}) => planAct({ effects: 'read', ...over });
const doing = (words: string) => ({ act: planAct({ with: { run: words, cwd: '/srv' } }) });

describe('one step', () => {
  const one = (was: Parameters<typeof actStep>[1], is: Parameters<typeof actStep>[1]) =>
    told(plan([actStep('a', was)]), plan([actStep('a', is)]));

  test.each<[string, Parameters<typeof actStep>[1], Parameters<typeof actStep>[1], readonly string[]]>([
    [
      'retries of a write',
      { act: planAct() },
      { act: planAct({ retry: { limit: 3, intervalMs: 0, backoff: 1 } }) },
      ['medium attempts a: retry.limit'],
    ],
    ['its effects', { act: planAct() }, { act: read() }, ['high input a: effects']],
    [
      'an undo gained',
      { undo: { ...autoUndo, mode: 'none', why: 'x', acts: [] } },
      { undo: autoUndo },
      ['low undo a: undo'],
    ],
    [
      'an undo of its own',
      { undo: autoUndo },
      { undo: { ...autoUndo, mode: 'own' } },
      ['medium undo a: undo'],
    ],
    ['a verify added', {}, { verify: [read()] }, ['low verify a: verify added']],
    [
      'a verify that is polled longer',
      { verify: [read()] },
      { verify: [read({ retry: { limit: 9, intervalMs: 0, backoff: 1 } })] },
      ['medium attempts a: verify: retry.limit'],
    ],
    [
      'a message',
      { verify: [read({ message: 'x' })] },
      { verify: [read({ message: 'y' })] },
      ['none text a: verify: message'],
    ],
    ['on_failure', { onFailure: 'rollback' }, { onFailure: 'hold' }, ['medium on-failure a: on_failure']],
    [
      'a target',
      { act: planAct({ target: 'db' }) },
      { act: planAct({ target: 'other' }) },
      ['high place a: target'],
    ],
    [
      'times',
      { atMs: 0, expectedMs: 1 },
      { atMs: -60_000, expectedMs: 2 },
      ['low time a: at', 'low time a: expected'],
    ],
    ['facts', { sets: { x: true } }, {}, ['medium fact a: sets.x']],
    [
      'an exact number of rows',
      { act: read({ with: { expect: { rows: 620 } } }) },
      { act: read({ with: { expect: { rows: 600 } } }) },
      ['high expectation a: with.expect.rows'],
    ],
    [
      'more rows',
      { act: read({ with: { expect: { rows: 600 } } }) },
      { act: read({ with: { expect: { rows: 620 } } }) },
      ['medium expectation a: with.expect.rows'],
    ],
    [
      'a tolerance',
      { act: read({ with: { tolerance: { price: '0.01' } } }) },
      { act: read({ with: { tolerance: { price: '1.5' } } }) },
      ['high expectation a: with.tolerance.price'],
    ],
    [
      'a tolerance in time',
      { act: read({ with: { tolerance: { at: '1m30s' } } }) },
      { act: read({ with: { tolerance: { at: '1s' } } }) },
      ['low expectation a: with.tolerance.at'],
    ],
    [
      'a tolerance where there was none',
      { act: read({ with: {} }) },
      { act: read({ with: { tolerance: { price: '1' } } }) },
      ['high expectation a: with.tolerance'],
    ],
    [
      'a limit that is gone',
      { act: read({ with: { max_ms: 300 } }) },
      { act: read({ with: {} }) },
      ['high expectation a: with.max_ms'],
    ],
    [
      'an expectation that is gone',
      { act: read({ with: { expect: { value: 1 } } }) },
      { act: read({ with: {} }) },
      ['high expectation a: with.expect'],
    ],
    [
      'a lowered count of a write',
      { act: planAct({ with: { expect_count: 620 } }) },
      { act: planAct({ with: { expect_count: 600 } }) },
      ['high expectation a: with.expect_count'],
    ],
    [
      'no change',
      { act: planAct({ with: { a: 1, b: [1, 2] } }) },
      { act: planAct({ with: { b: [1, 2], a: 1 } }) },
      [],
    ],
  ])('%s', (_, was, is, expected) => {
    expect(one(was, is)).toEqual(expected);
  });

  test('another type of step', () => {
    expect(one({}, { act: planAct({ type: 'other' }) })).toEqual(['high input a: type']);
    expect(told(plan([actStep('a')]), plan([waitStep('a', 1)]))).toEqual(['high input a: type']);
    expect(told(plan([waitStep('a', 60_000)]), plan([waitStep('a', 1_000)]))).toEqual(['medium time a: for']);
  });
});

describe('a gate', () => {
  const gate = (was: Parameters<typeof gateStep>[1], is: Parameters<typeof gateStep>[1]) =>
    told(plan([gateStep('g', was)]), plan([gateStep('g', is)]));

  test.each<[string, Parameters<typeof gateStep>[1], Parameters<typeof gateStep>[1], readonly string[]]>([
    ['fewer approvals', { minApprovals: 2 }, { minApprovals: 1 }, ['high gate-people g: min_approvals']],
    ['nobody is asked', {}, { prompt: null }, ['high gate-people g: prompt dropped']],
    ['unattended', {}, { allowUnattended: true }, ['high gate-people g: allow_unattended']],
    [
      'a criterion that is always true',
      { criteria: ['a == 0'] },
      { criteria: ['true'] },
      ['high gate g: criterion weakened'],
    ],
    [
      'another criterion',
      { criteria: ['a == 0'] },
      { criteria: ['b == 0'] },
      ['high gate g: criterion dropped', 'low gate g: criterion added'],
    ],
    [
      'a stronger criterion',
      { criteria: ['a <= 5'] },
      { criteria: ['a <= 2'] },
      ['low gate g: criterion strengthened'],
    ],
    ['no limit', {}, { timeoutMs: null }, ['medium gate-time g: timeout']],
    ['on_no_go', {}, { onNoGo: 'hold' }, ['medium gate-time g: on_no_go']],
    [
      'one more approver',
      { approvers: ['lead'] },
      { approvers: ['lead', 'deputy'] },
      ['medium gate-people g: approver deputy added'],
    ],
  ])('%s', (_, was, is, expected) => {
    expect(gate(was, is)).toEqual(expected);
  });
});

describe('a watch and a checklist', () => {
  test.each<[string, Parameters<typeof watchStep>[1], Parameters<typeof watchStep>[1], readonly string[]]>([
    ['failure_limit', {}, { failureLimit: 3 }, ['high watch w: failure_limit']],
    ['no_data', { noData: 'failure' }, { noData: 'inconclusive' }, ['high watch w: no_data']],
    ['interval', {}, { intervalMs: 120_000 }, ['medium watch w: interval']],
    ['pauses', {}, { pauses: false }, ['high watch w: pauses']],
    [
      'a failure that needs more',
      { failure: 'a' },
      { failure: 'a && b' },
      ['high watch w: failure_condition'],
    ],
    [
      'a success that needs less',
      { success: 'a && b' },
      { success: 'a' },
      ['high watch w: success_condition'],
    ],
    ['until', { untilMs: 60_000 }, { untilMs: 30_000 }, ['high watch w: background.until']],
  ])('%s', (_, was, is, expected) => {
    expect(told(plan([watchStep('w', was)]), plan([watchStep('w', is)]))).toEqual(expected);
  });

  test('items, and who answers them', () => {
    const before = plan([checklistStep('c', ['h1', 'x'])]);
    const after = plan([checklistStep('c', ['h1'], { approvers: ['lead'], timeoutMs: null })]);
    expect(told(before, after)).toEqual([
      'high checklist c: item x dropped',
      'high checklist c: approver deputy dropped',
      'medium checklist c: timeout',
    ]);
  });
});

describe('the order', () => {
  const [a, b, c] = [actStep('a', doing('one')), actStep('b', doing('two')), actStep('c', doing('three'))];

  test('the one step that moved, not those around it', () => {
    expect(told(plan([a, b, c]), plan([b, c, a]))).toEqual(['medium step-moved a: order']);
  });

  test('in and out of a parallel block', () => {
    expect(told(plan([a, b, c]), plan([a, [b, c]]))).toEqual([
      'medium step-moved b: parallel',
      'medium step-moved c: parallel',
    ]);
  });

  test('what a step of a lane waits for', () => {
    const [apart, chained] = [plan([[a, b, c]]), plan([lanes([a, b], [c])])];
    expect(told(apart, chained)).toEqual(['medium step-moved b: lane']);
    const reasons = (was: Plan, is: Plan) => diffPlans(was, is).changes.map(({ reason }) => reason);
    expect(reasons(apart, chained)).toEqual(['It waits for "a" now']);
    expect(reasons(chained, apart)).toEqual(['It no longer waits for "a"']);
    expect(told(chained, plan([lanes([a, b], [c])]))).toEqual([]);
  });

  test('the point of no return: moved, removed, added', () => {
    const gate = gateStep('g');
    const [early, late] = [plan([a, gate, 'line', b, c]), plan([a, b, gate, 'line', c])];
    expect(told(early, late)).toContain('high no-return -: point_of_no_return moved');
    expect(told(early, late).filter((each) => each.startsWith('high step-moved'))).toHaveLength(1);
    expect(told(early, plan([a, gate, b, c]))).toEqual(['high no-return -: point_of_no_return removed']);
    expect(told(plan([a, gate, b, c]), early)).toEqual(['medium no-return -: point_of_no_return added']);
    const reason = (before: Plan, after: Plan) =>
      diffPlans(before, after).changes.find(({ kind }) => kind === 'no-return')?.reason;
    expect(reason(early, late)).toContain('still offered after "b"');
    expect(reason(late, early)).toContain('from an earlier step on');
  });
});

describe('which step is which', () => {
  const [a, b] = [actStep('a', doing('one')), actStep('b', doing('two'))];

  test('what a step does counts more than its id', () => {
    const swapped = plan([actStep('b', doing('one')), actStep('a', doing('two'))]);
    const { match } = diffPlans(plan([a, b]), swapped);
    expect([...match.pairs]).toEqual([
      ['a', 'b'],
      ['b', 'a'],
    ]);
  });

  test('a gate that requires the old id of a swapped step requires another one', () => {
    const gate = gateStep('g', { require: ['a'] });
    const after = plan([actStep('b', doing('one')), actStep('a', doing('two')), gate]);
    expect(told(plan([a, b, gate]), after)).toContain('high gate g: require b dropped');
  });

  test('renamed and changed a little: still the same step', () => {
    const long = 'node migrate.mjs from mysql to postgres with all users and trades';
    const before = plan([actStep('etl', doing(long))]);
    expect(told(before, plan([actStep('move-data', doing(`${long} again`))]))).toEqual([
      'none step-renamed move-data: id',
      'medium command move-data: with.run',
    ]);
  });

  test('nothing alike: one is gone, another one is new', () => {
    const after = plan([actStep('x', { act: planAct({ type: 'other', with: { z: 'q' } }) })]);
    expect(told(plan([a]), after)).toEqual([
      'high step-removed a: step removed',
      'medium step-added x: step added',
    ]);
  });
});

describe('what stands around the steps', () => {
  const base = plan([actStep('a', { act: planAct({ target: 'db' }) })], {
    timeline: { opensMs: -60_000, hardStopMs: 60_000 },
    secrets: { key: { env: 'KEY' } },
    targets: {
      db: { type: 'db', via: null, config: { host: 'one', known_hosts: './hosts' }, description: 'one' },
    },
    files: { './hosts': 'sha256:1' },
    facts: { open: true },
    invariants: [{ name: 'i', that: 'facts.open', when: 'always', message: null, line: 1 }],
    vars: { release: '/srv/releases/1', n: 3 },
  });
  const changed = (over: Partial<Plan>) => told(base, { ...base, ...over });

  test.each<[string, Partial<Plan>, readonly string[]]>([
    ['no hard stop', { timeline: { opensMs: -60_000, hardStopMs: null } }, ['high window -: hard_stop']],
    ['opens earlier', { timeline: { opensMs: -90_000, hardStopMs: 60_000 } }, ['medium window -: opens']],
    ['another variable', { secrets: { key: { env: 'OTHER' } } }, ['medium secret -: secrets.key']],
    ['a file of host keys', { files: { './hosts': 'sha256:2' } }, ['high target -: ./hosts']],
    [
      'an approver is another person',
      { approvers: { lead: { name: 'X' }, deputy: { name: 'Deputy' } } },
      ['medium approvers -: approvers.lead'],
    ],
    ['facts', { facts: { open: false } }, ['medium fact -: facts.open']],
    [
      'an invariant for the end only',
      { invariants: [{ name: 'i', that: 'facts.open', when: 'end', message: null, line: 1 }] },
      ['high invariant -: "i": when'],
    ],
    [
      'an invariant renamed',
      { invariants: [{ name: 'j', that: ' facts.open', when: 'always', message: null, line: 1 }] },
      ['none text -: invariant "j"'],
    ],
    [
      'a host that is written to',
      {
        targets: {
          db: { type: 'db', via: null, config: { host: 'two', known_hosts: './hosts' }, description: 'two' },
        },
      },
      ['high target -: targets.db.host'],
    ],
  ])('%s', (_, over, expected) => {
    expect(changed(over)).toEqual(expected);
  });

  test('the value of a var is told once, not at each of its uses', () => {
    const using = (release: string) =>
      plan(
        ['a', 'b', 'c'].map((id) => actStep(id, { act: planAct({ with: { path: `${release}/${id}` } }) })),
        { vars: { release } },
      );
    expect(told(using('/srv/releases/1'), using('/srv/releases/2'))).toEqual(['medium var -: vars.release']);
  });
});

test('lists and maps among the vars, and locals, are compared value by value', () => {
  const was = plan([actStep('a')], {
    vars: {
      sections: [
        { name: 's1', from: 'a' },
        { name: 's2', from: 'b' },
      ],
      ports: { web: 80 },
    },
    locals: { url: 'https://a/' },
  });
  const is = plan([actStep('a')], {
    vars: {
      sections: [
        { name: 's1', from: 'c' },
        { name: 's2', from: 'b' },
      ],
      ports: { web: 80, db: 3306 },
    },
    locals: { url: 'https://c/', more: true },
  });
  expect(told(was, is)).toEqual([
    'medium var -: vars.sections.s1.from',
    'low var -: vars.ports.db',
    'low var -: locals.url',
    'low var -: locals.more',
  ]);
  expect(told(was, was)).toEqual([]);
});
