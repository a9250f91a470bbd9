import { expect, test } from 'vitest';
import { createJsonView } from '../../../engine/views/json.ts';
import { masked } from '../../support/masked.ts';
import { plan, play, success, t0 } from './scripted-run.ts';

const info = { plan, runDir: '/r', journalPath: '/r/journal.jsonl', logDir: '/r/logs', interactive: false };

const collect = () => {
  const lines: string[] = [];
  const view = createJsonView((line) => void lines.push(line));
  return {
    view,
    records: () => lines.map((line) => JSON.parse(line) as { type: string; [key: string]: unknown }),
  };
};

test('each event is one line, as in the journal', () => {
  const { view, records } = collect();
  const events: unknown[] = [];
  play(success, (event, state, now) => {
    events.push(event);
    view.event(event, state, now);
  });
  expect(records()).toEqual(events);
});

test('what is of the moment is marked by its own type and throttled', () => {
  const { view, records } = collect();
  const state = play(success, () => {});
  view.start(info, state, t0);
  view.output('dump/do/0', masked('line'));
  for (let s = 0; s < 12; s++) view.tick(state, t0 + s * 1000);
  view.progress('dump/do/0', { done: 1, unit: 'rows' }, t0 + 20);
  view.progress('dump/do/0', { done: 2, unit: 'rows' }, t0 + 40);
  view.note(masked('heard'));
  expect(records().map((r) => r.type)).toEqual([
    'start',
    'output',
    'tick',
    'tick',
    'tick',
    'progress',
    'note',
  ]);
  expect(records()[2]?.outlook).toMatchObject({ canGoBack: { yes: false } });
});

test('a question is for others to answer', async () => {
  const { view } = collect();
  const question = {
    kind: 'hold',
    hold: 'h',
    step: null,
    message: masked('m'),
    choices: ['stop'],
  } as const;
  expect(await view.ask(question, new AbortController().signal)).toBeNull();
});

test('what a terminal or a line reader would act on is escaped, and the value is the same', () => {
  const lines: string[] = [];
  const view = createJsonView((line) => void lines.push(line));
  const text =
    '\u001b]52;c;aGk=\u0007 \u009b2J \u2028 \u202e \u2066 \u200b \u061c \ufeff \u{e0041} ü 日本 👍';
  view.note(masked(text));
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ text });
  expect(lines[0]).toContain('\\u001b]52;c;aGk=\\u0007 \\u009b2J \\u2028 \\u202e \\u2066 \\u200b');
  expect(lines[0]).toContain('\\u061c \\ufeff \\udb40\\udc41 ü 日本 👍');
});
