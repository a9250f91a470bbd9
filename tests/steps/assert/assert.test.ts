import { expect, test } from 'vitest';
import { acts as thrown } from '../../../steps/assert/acts.ts';
import { assert } from '../../../steps/assert/step.ts';
import { actContext } from '../../support/act-context.ts';
import { withOutcomes } from '../../support/outcomes.ts';

const acts = withOutcomes(thrown);

const ctx = actContext({ clients: {} });
const run = (given: Record<string, unknown>) => acts.run(ctx, assert.input.parse(given), null);

test('holds', async () => {
  expect(await run({ that: true, message: 'no' })).toEqual({ done: true, output: {} });
});

test('names every claim that does not hold, and no other', async () => {
  const all = [
    { that: false, message: 'too small' },
    { that: true, message: 'fine' },
    { that: false, message: 'no trailer' },
  ];
  expect(await run({ all })).toEqual({
    done: false,
    effect: 'none',
    retryable: false,
    short: 'too small; no trailer',
  });
});

test('shows what must hold, as it is written', () => {
  const one = assert.input.parse({ that: true, message: 'The dump is too small' });
  expect(
    assert.preview(one, ([key]) => (key === 'that' ? '${{ steps.dump.output.bytes > 1000 }}' : undefined)),
  ).toBe('assert steps.dump.output.bytes > 1000, else: The dump is too small');
  const all = [
    { that: true, message: 'a' },
    { that: false, message: 'b' },
  ];
  const second = (path: readonly unknown[]) => (path.join('.') === 'all.1.that' ? '${{ x }}' : undefined);
  expect(assert.preview(assert.input.parse({ all }), second)).toBe('assert true, else: a; assert x, else: b');
});

test('a claim without a message, none, or both forms at once are refused', () => {
  for (const given of [
    { that: true },
    {},
    { all: [] },
    { that: true, message: 'm', all: [{ that: true, message: 'm' }] },
  ])
    expect(assert.input.safeParse(given).success).toBe(false);
});
