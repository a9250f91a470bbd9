import { expect, test } from 'vitest';
import { untilQuiet } from '../../../../steps/_targets/ssh/until-quiet.ts';

/** Waits last as long as the test says; `came`: chunks by the end of each of them. */
const talk = (came: readonly number[]) => {
  const settled = new AbortController();
  let waits = 0;
  let asked = 0;
  const wait = async (_ms: number, _value: undefined, { signal }: { signal: AbortSignal }) => {
    waits += 1;
    signal.throwIfAborted();
  };
  return {
    settled,
    asked: () => asked,
    quiet: () =>
      untilQuiet(
        {
          chunks: () => came[Math.min(waits, came.length - 1)] ?? 0,
          reachable: async () => {
            asked += 1;
          },
          settled: settled.signal,
        },
        wait,
      ),
  };
};

test('no session is opened once the result is settled', async () => {
  const { quiet, settled, asked } = talk([1]);
  settled.abort();
  await expect(quiet()).rejects.toThrow();
  expect(asked()).toBe(0);
});

test('it is quiet once nothing has come between two looks over a connection that answers', async () => {
  const { quiet, asked } = talk([1, 2, 2]);
  await quiet();
  expect(asked()).toBe(2);
});

test('whoever talks for ever is not waited for without end', async () => {
  const { quiet, asked } = talk([1, 2, 3, 4, 5, 6, 7, 8]);
  await quiet();
  expect(asked()).toBe(5);
});
