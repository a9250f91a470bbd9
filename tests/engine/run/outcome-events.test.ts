import { expect, test } from 'vitest';
import { finished, type PlannedAttempt } from '../../../engine/run/outcome-events.ts';

const ended = {
  act: 'step/do/0',
  attempt: 1,
  spec: { effects: 'write', message: null },
  undo: false,
  masking: { text: (text: string) => text },
  polled: { reads: 0, value: null },
} as unknown as PlannedAttempt;

const failed = { done: false, effect: 'some', retryable: true, short: 'exit code 3' } as const;

test.each([
  ['timeout', {}, 'timeout'],
  ['timeout', { byItself: true }, 'failed'],
  ['stop', { byItself: true }, 'stopped'],
])('signal %s, outcome %j: %s', (reason, more, code) => {
  const event = finished(ended, { ...failed, ...more }, AbortSignal.abort(reason));
  expect(event).toMatchObject({ type: 'act-finished', error: { code, short: 'exit code 3' } });
});
