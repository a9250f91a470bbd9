/** A person may type a secret: in a reason, as a name, at a prompt, from another terminal. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { postCommand } from '../../../engine/journal/inbox.ts';
import { checklistStep, gateStep, plan } from '../../support/plan-builder.ts';
import { fakeWorld } from './fake-steps.ts';
import { TestRun } from './test-run.ts';

const secrets = new Map([['db', 'correct-horse']]);
const reason = 'logged in with correct-horse';

const hasNoSecret = (night: TestRun) => {
  expect(JSON.stringify([night.journal(), night.view.events])).not.toContain('correct-horse');
  expect(night.view.notes.join('\n')).not.toContain('correct-horse');
  for (const entry of readdirSync(night.dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    expect(readFileSync(join(entry.parentPath, entry.name), 'utf8'), entry.name).not.toContain(
      'correct-horse',
    );
  }
  expect(night.view.notes.join('\n')).toContain('contains the value of a secret: it is recorded as ***');
};

test('at a prompt', async () => {
  const night = new TestRun(plan([gateStep('g')]), fakeWorld());
  night.view.answer = (q) => (q.kind === 'gate' ? { kind: 'gate', verdict: 'go', as: 'lead', reason } : null);
  const { outcome, state } = await night.session({ secrets, interactive: true });
  expect(outcome).toBe('succeeded');
  expect(state.steps.g?.gate?.answers[0]?.reason).toBe('logged in with ***');
  hasNoSecret(night);
});

test('from another terminal, in the name as well', async () => {
  const night = new TestRun(plan([gateStep('g')]), fakeWorld());
  const said = { command: 'approve', gate: 'g', verdict: 'go', unattended: false, reason } as const;
  night.view.event = (event) => {
    night.view.events.push(event);
    if (event.type !== 'gate-opened') return;
    postCommand(night.dir, { ...said, as: 'correct-horse', user: 'correct-horse', at: Date.now() });
    postCommand(night.dir, { ...said, as: 'lead', user: 'u', at: Date.now() + 1 });
  };
  const { outcome } = await night.session({ secrets });
  expect(outcome).toBe('succeeded');
  hasNoSecret(night);
});

test('an answer to an item, and a choice for a hold', async () => {
  const list = checklistStep('c', ['h1']);
  const night = new TestRun(plan([list]), fakeWorld());
  night.view.answer = (q) => (q.kind === 'item' ? { kind: 'item', passed: false, as: 'lead', reason } : null);
  await night.session({ secrets, interactive: true });
  await night.session({ secrets, commands: [{ ...night.resolve('skip'), reason }] });
  expect(JSON.stringify(night.journal())).toContain('logged in with ***');
  hasNoSecret(night);
});

test('an approver whose id is the text of a secret can still approve', async () => {
  const night = new TestRun(plan([gateStep('g')]), fakeWorld());
  night.view.answer = (q) =>
    q.kind === 'gate' ? { kind: 'gate', verdict: 'go', as: 'lead', reason: 'ok' } : null;
  const { outcome } = await night.session({ secrets: new Map([['s', 'lead']]), interactive: true });
  expect(outcome).toBe('succeeded');
});
