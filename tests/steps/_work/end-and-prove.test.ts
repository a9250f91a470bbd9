import { expect, test } from 'vitest';
import { endAndProve } from '../../../steps/_work/end-and-prove.ts';

/** Something that lives for so many looks, on a clock of its own. */
const livesFor = (looks: number, limitMs = 1_000) => {
  let nowMs = 0;
  let left = looks;
  const ended: number[] = [];
  const slept: number[] = [];
  return {
    ended,
    slept,
    living: async () => {
      left -= 1;
      return left >= 0 ? ['it'] : [];
    },
    end: async () => void ended.push(nowMs),
    now: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
      slept.push(ms);
    },
    limitMs,
    pauseMs: { first: 100, most: 400 },
  };
};

test('nothing there is proof, and nothing is ended', async () => {
  const it = livesFor(0);
  expect(await endAndProve(it)).toBe(true);
  expect(it.ended).toEqual([]);
});

test('what comes again is ended again, with longer pauses, until a look finds nothing', async () => {
  const it = livesFor(4);
  expect(await endAndProve(it)).toBe(true);
  expect(it.ended).toEqual([0, 100, 300, 700]);
  expect(it.slept).toEqual([100, 200, 400, 300]);
});

test('what lives on when time is up is not proven dead', async () => {
  const it = livesFor(99);
  expect(await endAndProve(it)).toBe(false);
  expect(it.ended.at(-1)).toBe(1_000);
});

test('without any time it is ended once and looked at once more', async () => {
  const it = livesFor(1, 0);
  expect(await endAndProve(it)).toBe(true);
  expect(it.ended).toEqual([0]);
});

test('a signal leaves time for one more look, and no more', async () => {
  const control = new AbortController();
  control.abort('stop');
  const it = { ...livesFor(9), signal: control.signal };
  expect(await endAndProve(it)).toBe(false);
  expect(it.ended).toHaveLength(1);
});
