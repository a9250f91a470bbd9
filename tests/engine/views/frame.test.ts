import { expect, test } from 'vitest';
import { initialState } from '../../../engine/decide/fold.ts';
import { type FrameContent, frame } from '../../../engine/views/frame.ts';
import { noPaint } from '../../../engine/views/paint.ts';
import { held, plan, play, t0 } from './scripted-run.ts';

const content = (over: Partial<FrameContent>): FrameContent => ({
  plan,
  state: initialState(),
  now: t0,
  notes: [],
  question: null,
  columns: 80,
  rows: 24,
  paint: noPaint,
  ...over,
});

const list = [
  '⠋ T-30m    Show the maintenance page',
  ...Array.from({ length: 40 }, (_, i) => `↓ step ${i}`),
  '↓ ──────── POINT OF NO RETURN ────────',
  '↓ T0       Open the doors',
];

test('on 80x24 the line stays in sight beside the step that runs', () => {
  const state = play(held.slice(0, 3), () => {});
  const shown = frame(list, content({ state }), false);
  expect(shown.length).toBeLessThanOrEqual(24);
  expect(shown).toContain(list[0]);
  expect(shown.join('\n')).toContain('POINT OF NO RETURN');
});

test('also beside a question that takes most of the screen', () => {
  const state = play(held.slice(0, 3), () => {});
  const lines = Array.from({ length: 10 }, (_, i) => `said ${i}`);
  const shown = frame(list, content({ state, question: { lines, typed: '' } }), false);
  expect(shown.length).toBeLessThanOrEqual(24);
  expect(shown).toEqual(expect.arrayContaining([list[0], ...lines]));
  expect(shown.join('\n')).toContain('POINT OF NO RETURN');
});

test('a question is broken, not cut; what a command wrote at length ends in its log', () => {
  const cause = `HELD at migrate: exit 1: ${'relation "users" already exists, '.repeat(4)}at character 14`;
  const shown = frame(list, content({ question: { lines: [cause], typed: '' } }), false);
  expect(shown.every((line) => line.length < 80)).toBe(true);
  expect(shown.join(' ')).toContain('at character 14');
  const flood = frame(list, content({ question: { lines: ['word '.repeat(2000)], typed: '' } }), false);
  expect(flood.filter((line) => line.startsWith('word'))).toHaveLength(6);
});
