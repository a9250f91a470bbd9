import { expect, test } from 'vitest';
import type { Event } from '../../../engine/decide/events.ts';
import type { RunState } from '../../../engine/decide/state.ts';
import type { Plan } from '../../../engine/plan.ts';
import { describeEvent } from '../../../engine/words/event.ts';
import { masked } from '../../support/masked.ts';
import { goingBack, plan, play } from '../views/scripted-run.ts';

const step = plan.steps['maintenance-on'];
if (step?.kind !== 'act') throw new Error('the scripted night shows a page');
const auto: Plan = {
  ...plan,
  steps: {
    ...plan.steps,
    'maintenance-on': {
      ...step,
      name: 'maintenance-on',
      undo: {
        ...step.undo,
        mode: 'auto',
        acts: [{ ...step.act, runOn: 'vps', preview: 'write /srv/maintenance' }],
      },
    },
  },
};

const said = (event: Event): string | undefined =>
  describeEvent(
    { ...event, seq: 1, at: 0 },
    auto,
    play(goingBack, () => {}),
  )?.text;

test("the type's own undo is not shown as the act again", () => {
  const undo = { act: 'maintenance-on/undo/0', attempt: 1, input: {}, digest: 'd', before: null } as const;
  expect(said({ type: 'act-started', ...undo })).toBe(
    'undo of maintenance-on on vps: undoes: write /srv/maintenance',
  );
});

test('a step without a name of its own is not named twice', () => {
  expect(said({ type: 'step-started', step: 'maintenance-on', plannedAt: null })).toBe('maintenance-on');
});

test('a wait is shown, the last moment for a rollback is not', () => {
  expect(said({ type: 'timer-set', timer: 'at:maintenance-on', until: 60_000 })).toContain('waiting until');
  expect(said({ type: 'timer-set', timer: 'window:maintenance-on', until: 60_000 })).toBeUndefined();
});

test('a hold after the point of no return names the forward fix', () => {
  const hold: Event = {
    type: 'run-held',
    hold: 'hold-1',
    cause: 'failed',
    step: 'open-doors',
    act: null,
    message: masked('open-doors: 503'),
    choices: ['retry'],
  };
  const more = (line: RunState['line']) =>
    describeEvent({ ...hold, seq: 1, at: 0 }, auto, {
      ...play(goingBack, () => {}),
      line,
    })?.more?.join('\n');
  expect(more({ crossedAt: 0, act: 'open-doors/do/0' })).toContain('forward fix: ./forward-fix.md');
  expect(more(null)).not.toContain('forward fix');
});
