/** What a server, a command or a file name says may hold terminal escapes: no view hands them on. */

import { expect, test } from 'vitest';
import type { Recorded } from '../../../engine/decide/events.ts';
import type { Plan } from '../../../engine/plan.ts';
import { noPaint } from '../../../engine/views/paint.ts';
import { createPlainView } from '../../../engine/views/plain.ts';
import { statusReport, statusText } from '../../../engine/views/status.ts';
import { rollbackEntries } from '../../../engine/views/step-list.ts';
import { standing } from '../../../engine/words/overview.ts';
import { pendingTitle } from '../../../engine/words/step-title.ts';
import { masked } from '../../support/masked.ts';
import { held, play, plan as scripted } from './scripted-run.ts';

const hostile = (text: string): string =>
  `${text}\u001b]0;title\u0007\u001b[2J\u009b2J\u202e\u2066\u200b\u2060\u200f\u061c\ufeff\u001b]52;c;aGk=\u0007`;
const steering =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

const steps = Object.fromEntries(
  Object.entries(scripted.steps).map(([id, step]) => [id, { ...step, name: hostile(step.name) }]),
);
const targets = Object.fromEntries(
  Object.entries(scripted.targets).map(([id, t]) => [id, { ...t, description: hostile(t.description) }]),
);
const plan: Plan = { ...scripted, steps, targets };

const night = () => {
  const events: Recorded[] = [];
  const script = held.map(
    ([at, ...told]) =>
      [
        at,
        ...told.map((e) =>
          e.type === 'run-held'
            ? { ...e, message: masked(hostile(e.message)), remedy: masked(hostile('look')) }
            : e,
        ),
      ] as const,
  );
  const state = play(script, (event) => events.push(event));
  return { events, state, now: state.lastAt };
};

test('the plain view', async () => {
  let text = '';
  const { events, state, now } = night();
  const view = createPlainView({ write: (said) => (text += said) });
  const paths = { runDir: '/r', journalPath: '/r/journal.jsonl', logDir: '/r/logs' };
  view.start({ plan, ...paths, interactive: false }, state, now);
  for (const event of events) view.event(event, state, now);
  view.note(masked(hostile('inbox/file is no command')));
  view.output('dump/do/0', masked(hostile('line')));
  await view.close(state, now);
  expect(text).toContain('inbox/file is no command\n');
  expect(text).not.toMatch(steering);
});

test('status', () => {
  const { events, state, now } = night();
  const report = statusReport({ plan, state, events, now, live: false });
  const text = statusText(report, { journal: '/j', logs: '/l' }, noPaint);
  expect(text).toContain('  -> look\n');
  expect(text).not.toMatch(steering);
});

test('the list and the frame on a TTY', () => {
  const { state, now } = night();
  const titles = [
    ...Object.values(plan.steps).map(pendingTitle),
    ...standing(plan, state, now).map((l) => l.text),
  ];
  titles.push(...rollbackEntries(plan, Object.keys(plan.steps)).map((e) => e.title));
  expect(titles.filter((title) => steering.test(title))).toEqual([]);
});
