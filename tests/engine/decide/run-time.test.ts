import { expect, test } from 'vitest';
import { runTime } from '../../../engine/decide/run-time.ts';

const hour = 3_600_000;
const lastAt = 1_000 * hour;
const booted = { id: 'b', at: lastAt - 5 * hour };
const upMs = 5 * hour + 60_000;

test.each([
  ['a new run: the clock', { lastAt: 0, clockOffMs: 0, booted: null }, { wall: 42, boot: null }, 42],
  [
    'the same boot: the time since it, whatever the clock says',
    { lastAt, clockOffMs: 0, booted },
    { wall: lastAt - hour, boot: { id: 'b', upMs } },
    lastAt + 60_000,
  ],
  [
    'the same boot, a clock set forward while no engine ran',
    { lastAt, clockOffMs: 0, booted },
    { wall: lastAt + 9 * hour, boot: { id: 'b', upMs } },
    lastAt + 60_000,
  ],
  [
    'another boot: the clock',
    { lastAt, clockOffMs: 0, booted },
    { wall: lastAt + hour, boot: { id: 'c', upMs: 60_000 } },
    lastAt + hour,
  ],
  [
    'another boot, the clock still an hour behind',
    { lastAt, clockOffMs: -hour, booted },
    { wall: lastAt - hour + 60_000, boot: { id: 'c', upMs } },
    lastAt + 60_000,
  ],
  [
    'another boot, the clock put right',
    { lastAt, clockOffMs: -hour, booted },
    { wall: lastAt + 60_000, boot: { id: 'c', upMs } },
    lastAt + 60_000,
  ],
  [
    'another boot, the clock still an hour ahead',
    { lastAt, clockOffMs: hour, booted },
    { wall: lastAt + hour + 60_000, boot: null },
    lastAt + 60_000,
  ],
  [
    'never before the last event',
    { lastAt, clockOffMs: 0, booted: null },
    { wall: lastAt - hour, boot: null },
    lastAt,
  ],
])('%s', (_, state, reading, expected) => {
  expect(runTime(state, reading)).toBe(expected);
});
