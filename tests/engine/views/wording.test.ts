import { expect, test } from 'vitest';
import type { Event } from '../../../engine/decide/events.ts';
import type { Plan } from '../../../engine/plan.ts';
import { describeEvent } from '../../../engine/views/wording.ts';
import { goingBack, plan, play } from './scripted-run.ts';

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

test("an undo of the type's own is not told as the act once more", () => {
  const undo = { act: 'maintenance-on/undo/0', attempt: 1, input: {}, digest: 'd', before: null } as const;
  expect(said({ type: 'act-started', ...undo })).toBe(
    'undo of maintenance-on on vps: back to what was there before (write /srv/maintenance)',
  );
});

test('a step without a name of its own is not named twice', () => {
  expect(said({ type: 'step-started', step: 'maintenance-on', plannedAt: null })).toBe('maintenance-on');
});

test('a wait is told, the last moment to go back is not one', () => {
  expect(said({ type: 'timer-set', timer: 'at:maintenance-on', until: 60_000 })).toContain('waiting until');
  expect(said({ type: 'timer-set', timer: 'window:maintenance-on', until: 60_000 })).toBeUndefined();
});
