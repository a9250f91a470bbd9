import { expect, test } from 'vitest';
import type { Host } from '../../../engine/cli/host.ts';
import { progressLine } from '../../../engine/cli/progress-line.ts';

const begin = (isTTY: boolean) => {
  const written: string[] = [];
  let now = 0;
  const stderr = { isTTY, write: (text: string) => written.push(text) } as unknown as Host['stderr'];
  const line = progressLine({ stderr, now: () => now }, 'faults played');
  return { written, line, at: (ms: number) => (now = ms) };
};

test('says how far it is from the second on, five times a second, and takes its line away', () => {
  const { written, line, at } = begin(true);
  for (const [ms, done] of [
    [900, 1],
    [1_000, 2],
    [1_100, 3],
    [1_200, 4],
  ] as const) {
    at(ms);
    line.report(done, 9);
  }
  line.end();
  expect(written).toEqual(['\r\u001b[K2 of 9 faults played', '\r\u001b[K4 of 9 faults played', '\r\u001b[K']);
});

test.each([
  ['a pipe', false, 5_000],
  ['something quick', true, 500],
])('says nothing for %s', (_, isTTY, ms) => {
  const { written, line, at } = begin(isTTY);
  at(ms);
  line.report(1, 9);
  line.end();
  expect(written).toEqual([]);
});
