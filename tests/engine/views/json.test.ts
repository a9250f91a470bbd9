import { expect, test } from 'vitest';
import { createJsonView } from '../../../engine/views/json.ts';
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

test('every event stands on a line of its own, as it is in the journal', () => {
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
  view.output('dump/do/0', 'line');
  for (let s = 0; s < 12; s++) view.tick(state, t0 + s * 1000);
  view.progress('dump/do/0', { done: 1, unit: 'rows' }, t0 + 20);
  view.progress('dump/do/0', { done: 2, unit: 'rows' }, t0 + 40);
  view.note('heard');
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
    message: 'm',
    remedy: null,
    choices: ['stop'],
  } as const;
  expect(await view.ask(question, new AbortController().signal)).toBeNull();
});
