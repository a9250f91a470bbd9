import { expect, test } from 'vitest';
import { answerWithinMs, awaitAnswer } from '../../../engine/cli/await-answer.ts';
import { acknowledge, drainInbox, postCommand } from '../../../engine/journal/inbox.ts';
import { success } from '../views/scripted-run.ts';
import { workDir } from './command-line.ts';
import { makeRun } from './made-run.ts';

/** A clock of the test's own; `at` lets the engine do something at that moment. */
const wait = (live: (ms: number) => boolean, at: (ms: number, runDir: string) => void = () => {}) => {
  const { run } = makeRun(workDir(), success, 'gate-answered');
  const id = postCommand(run.path, { command: 'roll-back', user: 'u', reason: 'r', at: 1 });
  let ms = 0;
  return awaitAnswer({
    runDir: run.path,
    id,
    live: () => live(ms),
    elapsedMs: () => ms,
    sleep: async (span) => {
      ms += span;
      at(ms, run.path);
    },
  }).then((heard) => ({ heard, ms }));
};

const answerAll = (runDir: string) => {
  for (const posted of drainInbox(runDir).commands) acknowledge(runDir, posted, { taken: true, seq: 3 });
};

test('an answer is read as soon as it is there', async () => {
  const { heard, ms } = await wait(
    () => true,
    (now, runDir) => now === 500 && answerAll(runDir),
  );
  expect(heard).toEqual({ taken: true, seq: 3 });
  expect(ms).toBe(500);
});

test('an engine that says nothing is waited for 15 s', async () => {
  const { heard, ms } = await wait(() => true);
  expect(heard).toBe('silent');
  expect(ms).toBe(answerWithinMs);
});

test('an engine that dies is noticed', async () => {
  const { heard, ms } = await wait((now) => now < 700);
  expect(heard).toBe('gone');
  expect(ms).toBeLessThan(1000);
});

test('an engine that answers and ends has answered', async () => {
  const answered = new Set<number>();
  const { heard } = await wait(
    (now) => answered.size === 0 || now === 0,
    (now, runDir) => {
      if (now < 300) return;
      answered.add(now);
      answerAll(runDir);
    },
  );
  expect(heard).toEqual({ taken: true, seq: 3 });
});
