import { expect, test } from 'vitest';
import { LaggingCopy } from '../../../steps/_work/lagging-copy.ts';
import type { Gap } from '../../../steps/_work/output-limits.ts';

const listening = () => {
  const got = { out: '', gaps: [] as Gap[] };
  const sinks = {
    onStdout: (chunk: Uint8Array) => {
      got.out += Buffer.from(chunk).toString();
    },
    onStderr: () => undefined,
    onGap: (gap: Gap) => got.gaps.push(gap),
  };
  return { got, copy: new LaggingCopy(sinks, { behind: 100, tail: 20, lead: 5 }) };
};

test('what can be kept up with is handed on whole', async () => {
  const { got, copy } = listening();
  for (const word of ['one ', 'two ', 'three']) copy.push('stdout', Buffer.from(word));
  await copy.drained();
  expect(got).toEqual({ out: 'one two three', gaps: [] });
  expect(copy.uncopied).toBe(0);
});

test('too far behind, it goes on with the end, and shows a masker what stood before', async () => {
  const { got, copy } = listening();
  const text = Array.from({ length: 200 }, (_, i) => String.fromCharCode(97 + (i % 26))).join('');
  for (let at = 0; at < text.length; at += 10) copy.push('stdout', Buffer.from(text.slice(at, at + 10)));
  await copy.drained();
  expect(copy.uncopied).toBe(180);
  expect(got.out).toBe(text.slice(-20));
  const gap = { stream: 'stdout', bytes: 180, before: Buffer.from(text.slice(175, 180)) };
  expect(got.gaps).toEqual([gap]);
});

test('what a sink throws is thrown to whoever waits for it', async () => {
  const fails = () => {
    throw new Error('full');
  };
  const copy = new LaggingCopy({ onStdout: fails, onStderr: fails, onGap: fails });
  copy.push('stdout', Buffer.from('x'));
  await expect(copy.drained()).rejects.toThrow('full');
});
