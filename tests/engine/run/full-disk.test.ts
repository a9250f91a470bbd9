import { expect, test } from 'vitest';
import { openJournalFile } from '../../../engine/journal/journal-file.ts';
import { actStep, plan, planAct } from '../../support/plan-builder.ts';
import { fakeWorld } from './fake-steps.ts';
import { TestRun } from './test-run.ts';

const watchers = () => process.getActiveResourcesInfo().filter((name) => name === 'FSEventWrap').length;

test('a session that cannot even be begun leaves nothing open that keeps the process', async () => {
  const act = planAct({ type: 'put', with: { name: 'a' } });
  const night = new TestRun(plan([actStep('a', { act })]), fakeWorld());
  const before = watchers();
  const full = Object.assign(new Error('full'), { code: 'ENOSPC', errno: -28 });
  const session = night.session({}, (path, how) => ({
    ...openJournalFile(path, how),
    write: () => {
      throw full;
    },
  }));
  await expect(session).rejects.toMatchObject({ diagnostics: [{ code: 'RB401' }] });
  expect(watchers()).toBe(before);
  expect(night.world.done.size).toBe(0);
});
