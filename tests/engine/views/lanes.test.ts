import { describe, expect, test } from 'vitest';
import type { ActKey } from '../../../engine/decide/events.ts';
import { frame } from '../../../engine/views/frame.ts';
import { noPaint } from '../../../engine/views/paint.ts';
import { statusReport, statusText } from '../../../engine/views/status.ts';
import {
  forwardEntries,
  openItemEnd,
  rollbackEntries,
  settledItem,
} from '../../../engine/views/step-list.ts';
import { laneName, laneOf, lanesShown, laneTitle } from '../../../engine/words/lane.ts';
import { standing } from '../../../engine/words/overview.ts';
import { CoreRun, type World } from '../../support/core-run.ts';
import { loopOf } from './lane-run.ts';
import { runInTerminal } from './pseudo-terminal.ts';

const steps = ['lock', 'drain', 'copy', 'compare', 'switch'];
const eleven = loopOf(11, steps);

/** Runs until only acts that never end are left. */
const begun = (world: World): CoreRun => {
  const run = new CoreRun(eleven, world);
  const seen = new Set<string>();
  for (let fresh = run.decide(); fresh.length > 0; fresh = run.decide().filter((d) => !seen.has(d.id))) {
    for (const decision of fresh) {
      seen.add(decision.id);
      run.carryOut(decision);
    }
  }
  return run;
};

/** Item `n` is at its n-th step, and the last ones are done. */
const spread = (): CoreRun =>
  begun({
    act: ({ act }) => {
      const [, item, step] = act.match(/\[s(\d+)\]\/(\w+)\/do/) ?? [];
      return item && steps.indexOf(step ?? '') === Number(item) - 1 ? 'crash' : 'done';
    },
  });

const lines = ({ plan, state, now }: CoreRun): readonly string[] => [
  '✔          announce',
  '⠋ in parallel',
  ...[...lanesShown(plan)].map((lane) => `  ⠋ ${laneTitle(lane, state, now)}`),
  '↓          last',
];

describe('eleven items of five steps', () => {
  test('are eleven lines, which an 80x24 terminal shows', () => {
    const run = spread();
    run.now = 42_000;
    const { plan, state, now } = run;
    const content = { plan, state, now, notes: [], question: null, columns: 80, rows: 24, paint: noPaint };
    const shown = frame(lines(run), content, false);
    expect(shown.length).toBeLessThanOrEqual(24);
    expect(shown.filter((line) => line.includes('sections[s'))).toMatchInlineSnapshot(`
      [
        "running: sections[s1]/lock, sections[s2]/drain, sections[s3]/copy and 2 more",
        "next: sections[s1]/drain",
        "  ⠋          sections[s1]  0/5  lock  42s of 30s, 12s over",
        "  ⠋          sections[s2]  1/5  drain  42s of 30s, 12s over",
        "  ⠋          sections[s3]  2/5  copy  42s of 30s, 12s over",
        "  ⠋          sections[s4]  3/5  compare  42s of 30s, 12s over",
        "  ⠋          sections[s5]  4/5  switch  42s of 30s, 12s over",
        "  ⠋          sections[s6]  5/5",
        "  ⠋          sections[s7]  5/5",
        "  ⠋          sections[s8]  5/5",
        "  ⠋          sections[s9]  5/5",
        "  ⠋          sections[s10]  5/5",
        "  ⠋          sections[s11]  5/5",
        "if sections[s1]/lock fails, the run is held and asks you",
      ]
    `);
    expect(shown.every((line) => line.length <= 80)).toBe(true);
  });

  test('the head names those that run', () => {
    const { plan, state, now } = spread();
    expect(standing(plan, state, now).map(({ text }) => text)).toContain(
      'running: sections[s1]/lock, sections[s2]/drain, sections[s3]/copy and 2 more',
    );
  });

  test('status has a line for each of them, and its JSON every step', () => {
    const { plan, state, events, now } = spread();
    const report = statusReport({ plan, state, events, now, live: true });
    const text = statusText(report, { journal: 'j', logs: 'l' }, noPaint);
    expect(text.split('\n').filter((line) => /\] .*sections\[s[19]\]/.test(line))).toMatchInlineSnapshot(`
      [
        "  [>]          sections[s1]  0/5  lock",
        "  [x]          sections[s9]  5/5",
      ]
    `);
    expect(report.where.steps).toHaveLength(57);
    expect(report.where.steps[1]).toMatchObject({ id: 'sections[s1]/lock', lane: 'sections[s1]' });
  });

  test('a lane is over when all of its steps are, and says which did not succeed', () => {
    const run = spread();
    const first = 'sections[s1]/lock';
    expect(settledItem(run.plan, run.state, first)).toBeNull();
    expect(settledItem(run.plan, run.state, 'sections[s6]/lock')).toEqual({
      kind: 'done',
      title: expect.stringMatching(/sections\[s6\] {2}5\/5 {2}0ms$/),
    });
    run.add({ type: 'step-settled', step: first, state: 'skipped' });
    for (const step of steps.slice(1))
      run.add({ type: 'step-settled', step: `sections[s1]/${step}`, state: 'succeeded' });
    expect(settledItem(run.plan, run.state, first)).toMatchObject({
      kind: 'done',
      title: expect.stringContaining('skipped: lock'),
    });
  });

  test('a lane that the run is held at is marked, and says where', () => {
    const failing: ActKey = 'sections[s2]/copy/do/0';
    const run = begun({
      act: ({ act }) => (act === failing ? { effect: 'none', retryable: false } : 'done'),
    });
    const lane = laneOf(run.plan, 'sections[s2]/copy');
    expect(laneTitle(lane!, run.state, run.now)).toMatch(/sections\[s2\] {2}2\/5 {2}copy {2}.*HELD/);
    expect(openItemEnd(run.plan, run.state, lane!.id, run.now).kind).toBe('failed');
    expect(openItemEnd(run.plan, run.state, ':lane:sections[s3]/lock', run.now).kind).toBe('stopped');
  });
});

test('the lists: lanes of several steps are items, forward and in a rollback', () => {
  const plan = loopOf(2, ['lock', 'copy']);
  expect(forwardEntries(plan)).toEqual([
    { id: 'announce', title: expect.any(String) },
    {
      title: 'in parallel: sections[s1], sections[s2]',
      parallel: [
        { id: ':lane:sections[s1]/lock', title: expect.stringContaining('sections[s1]  2 steps') },
        { id: ':lane:sections[s2]/lock', title: expect.stringContaining('sections[s2]  2 steps') },
      ],
    },
    { id: 'last', title: expect.any(String) },
  ]);
  const owed = ['sections[s2]/lock', 'sections[s1]/copy', 'sections[s1]/lock', 'announce'];
  expect(rollbackEntries(plan, owed)).toEqual([
    {
      title: 'undo in parallel: sections[s2], sections[s1]',
      parallel: [
        { id: ':lane:sections[s2]/lock', title: 'undo: sections[s2]  1 step' },
        { id: ':lane:sections[s1]/lock', title: 'undo: sections[s1]  2 steps' },
      ],
    },
    { id: 'announce', title: 'undo: announce' },
  ]);
});

test.each([
  [['ro[s1]'], 'ro[s1]'],
  [['sections[s1]/a', 'sections[s1]/b'], 'sections[s1]'],
  [['part/x/a', 'part/x/b'], 'part/x'],
  [['part/a', 'part/x/b'], 'part'],
  [['dump', 'check'], 'dump to check'],
])('the name of %j is %s', (ids, name) => {
  expect(laneName(ids)).toBe(name);
});

test('on a terminal: a lane fails, and the lanes are undone beside each other', async () => {
  const child = `${process.execPath} ${new URL('lanes-on-tty.ts', import.meta.url).pathname}`;
  const { screen, exitCode } = await runInTerminal(child);
  expect(exitCode).toBe(0);
  expect(screen).toMatch(/sections\[s5\] {2}1\/3 {2}copy/);
  // One line a lane: their output is in the logs.
  expect(screen).not.toContain('a line of sections');
  const last = screen.slice(screen.lastIndexOf('twice: stop them too'));
  expect(last).toContain('undo in parallel: sections[s5], sections[s4]');
  expect(last.match(/✔ .*sections\[s\d\] {2}3\/3/g)).toHaveLength(5);
  expect(last).toContain('ROLLED BACK');
});
