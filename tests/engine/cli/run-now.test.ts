import { expect, test } from 'vitest';
import { runNow } from '../../../engine/cli/run-now.ts';
import { thisMachine } from '../../../engine/run/clock.ts';

const hour = 3_600_000;

test.skipIf(thisMachine.boot() === null).each([-hour, hour])(
  'what another terminal says is dated in the time of the run, with its clock off by %d ms',
  (offMs) => {
    const boot = thisMachine.boot() ?? { id: '', upMs: 0 };
    const realMs = Date.now();
    const state = { lastAt: realMs - 10_000, clockOffMs: 0, booted: { id: boot.id, at: realMs - boot.upMs } };
    const said = runNow({ now: () => Date.now() + offMs }, state);
    expect(Math.abs(said - Date.now())).toBeLessThan(1_000);
  },
);

test('where nothing tells how much time has passed, it is not older than what it answers', () => {
  const lastAt = Date.now();
  expect(runNow({ now: () => lastAt - hour }, { lastAt, clockOffMs: 0, booted: null })).toBe(lastAt);
});
