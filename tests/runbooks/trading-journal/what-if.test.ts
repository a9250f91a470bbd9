/** What-if finds by itself what was planted into copies of the cutover, and nothing in the cutover as it is. */
import { describe, expect, test } from 'vitest';
import { whatIf } from '../../../engine/what-if/what-if.ts';
import { type Draft, entry, move, planOf } from './flagship.ts';

const ask = async (change?: (draft: Draft) => void) =>
  whatIf(await planOf('cutover.yaml', change), { pairs: 40, seed: 1 });

interface Planted {
  readonly says: string;
  readonly change: (draft: Draft) => void;
  /** Invariants that must be found broken; others may be as well. */
  readonly breaks: readonly string[];
  /** Lines of the story, in this order. */
  readonly story: readonly string[];
}

const noUndo = { undo: { none: 'an administrator does it' } };

const planted: readonly Planted[] = [
  {
    says: 'a rollback that leaves the database account locked',
    change: (draft) => {
      entry(draft, 'freeze').rollback = noUndo;
    },
    breaks: ['a rollback leaves everything as it was', 'the old app is open only with a writable database'],
    story: ['facts: frozen: true', 'freeze: stays as it is', 'BROKEN'],
  },
  {
    says: 'a site that opens with the old app stopped: nothing starts it again',
    change: (draft) => {
      entry(draft, 'stop-app').rollback = noUndo;
    },
    breaks: ['an open site has one app behind it'],
    story: ['facts: old_app: false', 'stop-app: stays as it is', 'facts: maintenance: false', 'BROKEN'],
  },
  {
    says: 'a site that opens with the old app stopped: it is undone in the wrong order',
    change: (draft) => move(draft, ['stop-app'], 'maintenance-on'),
    breaks: ['an open site has one app behind it'],
    story: ['facts: old_app: false', 'BROKEN'],
  },
  {
    says: 'a gate that is passed by silence',
    change: (draft) => {
      const { require, criteria, on_no_go } = entry(draft, 'go-no-go').with ?? {};
      entry(draft, 'go-no-go').with = { require, criteria, on_no_go };
    },
    breaks: ['no answer is not a go'],
    story: ['gate go-no-go: go', 'BROKEN', 'the point of no return is crossed'],
  },
];

/** Whether the texts stand in the lines, in this order. */
const isTold = (lines: readonly { readonly text: string }[], texts: readonly string[]): boolean => {
  const left = [...texts];
  for (const { text } of lines) if (left[0] !== undefined && text.includes(left[0])) left.shift();
  return left.length === 0;
};

test('the cutover as it is breaks nothing, over every single fault', { timeout: 120_000 }, async () => {
  const found = await ask();
  expect(found.broken).toEqual([]);
  expect(found.proven).toHaveLength(7);
  // Nothing was proven by not being reached.
  expect(found.faults.filter(({ stories }) => stories.length === 0)).toEqual([]);
  expect(found.pairs.met).toBeGreaterThan(0);
  expect(found.asPlanned.ending).toMatchObject({ end: 'succeeded', hardStopKept: true, asked: [] });
});

describe.each(planted)('$says', ({ change, breaks, story }) => {
  test('is found and told', { timeout: 120_000 }, async () => {
    const { broken } = await ask(change);
    expect(broken.map(({ invariant }) => invariant)).toEqual(expect.arrayContaining([...breaks]));
    const first = broken.find(({ invariant }) => invariant === breaks[0]);
    const lines = first?.lines ?? [];
    expect(isTold(lines, story), lines.map(({ text }) => text).join('\n')).toBe(true);
  });
});
