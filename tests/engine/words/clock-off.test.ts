import { expect, test } from 'vitest';
import { describeEvent } from '../../../engine/words/event.ts';
import { standing } from '../../../engine/words/overview.ts';
import { goingBack, held, plan, play, success, t0 } from '../views/scripted-run.ts';

const hour = 3_600_000;
const lines = (script: typeof held, clockOffMs: number): readonly string[] =>
  standing(plan, { ...play(script, () => {}), clockOffMs }, t0).map(({ text }) => text);

test.each([
  [-hour, 'the clock of this machine is 1h behind the time of the run, which T0 and all waits follow'],
  [90_000, 'the clock of this machine is 1m 30s ahead of the time of the run, which T0 and all waits follow'],
])('the screen says that the clock of the machine is off by %d ms', (offMs, line) => {
  expect(lines(held, offMs)).toContain(line);
});

test('and nothing where it is not, or the run is over', () => {
  for (const shown of [lines(held, 900), lines(success, hour)])
    expect(shown.join()).not.toContain('the clock of this machine');
});

test('a clock step is reported once, when it is detected', () => {
  const state = play(goingBack, () => {});
  const said = (byMs: number) =>
    describeEvent({ type: 'clock-stepped', byMs, seq: 1, at: t0 }, plan, state)?.text;
  expect(said(-hour)).toBe('the clock of this machine was set back by 1h; T0 and all waits are unchanged');
  expect(said(2_500)).toBe(
    'the clock of this machine was set forward by 2.5s; T0 and all waits are unchanged',
  );
});
