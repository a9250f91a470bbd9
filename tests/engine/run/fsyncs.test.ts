import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type OpenJournalFile, openJournalFile } from '../../../engine/journal/journal-file.ts';
import type { AnyStepType } from '../../../engine/step.ts';
import { actStep, autoUndo, plan, planAct } from '../../support/plan-builder.ts';
import { fakeRegistry, fakeWorld } from './fake-steps.ts';
import { TestRun } from './test-run.ts';

const put = (name: string) => {
  const act = planAct({ type: 'put', with: { name } });
  return actStep(name, { act, undo: { ...autoUndo, acts: [act] } });
};

test('an outcome is made durable with the intent that follows it: one fsync an act', async () => {
  let syncs = 0;
  const counting: OpenJournalFile = (path, how) => {
    const file = openJournalFile(path, how);
    return {
      ...file,
      sync() {
        syncs += 1;
        file.sync();
      },
    };
  };
  const steps = Array.from({ length: 20 }, (_, i) => put(`s${i}`));
  const night = new TestRun(plan(steps), fakeWorld());
  expect((await night.session({}, counting)).outcome).toBe('succeeded');
  // Opening, the session's start, its end.
  expect(syncs).toBe(steps.length + 3);
});

test('an outcome does not wait for an act that is slow to prepare', async () => {
  const world = fakeWorld();
  const night = new TestRun(plan([put('quick'), put('slow')]), world);
  const registry = fakeRegistry(world);
  const type = registry.steps.get('put') as AnyStepType;
  const shown: boolean[] = [];
  const preparing: AnyStepType = {
    ...type,
    load: async () => {
      const { acts } = await type.load();
      const prepare = async (_: unknown, { name }: { name: string }) => {
        for (let turns = 0; name === 'slow' && turns < 3; turns++) await turn();
        // The view gets only what is on disk.
        shown.push(night.view.events.some((e) => e.type === 'act-finished'));
        return { had: false };
      };
      return { acts: { ...acts, prepare } };
    },
  };
  await night.session({ registry: { ...registry, steps: new Map([['put', preparing]]) } });
  expect(shown).toEqual([false, true]);
});
