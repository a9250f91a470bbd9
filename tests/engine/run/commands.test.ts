/** What people said, from other terminals: taken once, answered always, and a no-go is never lost. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../../engine/decide/decisions.ts';
import { readAnswer } from '../../../engine/journal/command-answer.ts';
import { postCommand } from '../../../engine/journal/inbox.ts';
import { layout } from '../../../engine/journal/layout.ts';
import { actStep, autoUndo, checklistStep, gateStep, plan, planAct } from '../../support/plan-builder.ts';
import { fakeWorld } from './fake-steps.ts';
import { TestRun } from './test-run.ts';

const put = (id: string) => {
  const act = planAct({ type: 'put', with: { name: id }, preview: `put ${id}`, detachable: true });
  return actStep(id, { act, undo: { ...autoUndo, acts: [act] } });
};

const said = (verdict: 'go' | 'no_go', more: Partial<Command> = {}): Command =>
  ({
    command: 'approve',
    gate: 'gate',
    as: 'lead',
    verdict,
    unattended: false,
    user: 'u',
    reason: 'r',
    at: Date.now() + 60_000,
    ...more,
  }) as Command;

const events = (night: TestRun, type: string) => night.journal().filter((e) => e.type === type);

/** Posts the second command in the moment in which the first one's event is journaled. */
const postAfter = (night: TestRun, type: string, post: () => void) => {
  const { event } = night.view;
  night.view.event = (e) => {
    event.call(night.view, e);
    if (e.type === type) post();
  };
};

describe('a no-go that is on disk before the gate is settled', () => {
  test('counts, although the file watcher has not reported it yet', async () => {
    const night = new TestRun(plan([put('a'), gateStep('gate'), put('b')]), fakeWorld());
    let late = '';
    // The go's event is written, the gate is not settled yet: as 9 ms later from another terminal.
    postAfter(night, 'gate-answered', () => {
      late ||= postCommand(night.dir, said('no_go', { reason: 'login fails' }));
    });
    const session = night.session();
    const first = postCommand(night.dir, said('go'));
    await session;
    expect(readAnswer(night.dir, first)).toMatchObject({ taken: true });
    expect(readAnswer(night.dir, late)).toMatchObject({ taken: true });
    expect(events(night, 'gate-settled')).toMatchObject([{ verdict: 'no_go' }]);
    expect(night.world.done.has('b')).toBe(false);
  });

  test('and a failed item beside a passed one: the failure counts', async () => {
    const list = checklistStep('list', ['h-notes'], { approvers: ['lead'] });
    const night = new TestRun(plan([list]), fakeWorld());
    const item = {
      command: 'check',
      step: 'list',
      item: 'h-notes',
      as: 'lead',
      user: 'u',
      reason: 'r',
    } as const;
    const ids: string[] = [];
    postAfter(night, 'checklist-opened', () => {
      for (const passed of [true, false])
        ids.push(postCommand(night.dir, { ...item, passed, at: Date.now() + (passed ? 1 : 2) }));
    });
    await night.session();
    expect(events(night, 'item-checked')).toMatchObject([{ passed: false }]);
    expect(ids.map((id) => readAnswer(night.dir, id))).toMatchObject([
      { refused: { why: 'item-answered' } },
      { taken: true },
    ]);
  });
});

test('a no-go after the gate was passed is refused, reported to its sender, and journaled', async () => {
  const night = new TestRun(plan([gateStep('gate'), put('b')]), fakeWorld());
  let late = '';
  postAfter(night, 'gate-settled', () => {
    late ||= postCommand(night.dir, said('no_go', { reason: 'login fails' }));
  });
  const session = night.session();
  postCommand(night.dir, said('go'));
  expect((await session).outcome).toBe('succeeded');
  expect(readAnswer(night.dir, late)).toEqual({ refused: { why: 'gate-passed', remedy: null } });
  expect(events(night, 'command-refused')).toMatchObject([
    {
      id: late,
      command: 'approve',
      step: 'gate',
      as: 'lead',
      user: 'u',
      reason: 'login fails',
      why: 'gate-passed',
    },
  ]);
});

test('a command that comes while the engine leaves is answered', async () => {
  const night = new TestRun(plan([put('a')]), fakeWorld());
  let late = '';
  postAfter(night, 'act-started', () => {
    late ||= postCommand(night.dir, said('go'));
  });
  await night.session();
  expect(readAnswer(night.dir, late)).toEqual({ refused: { why: 'gate-not-open', remedy: null } });
});

test('a choice of this terminal that is refused is journaled too', async () => {
  const night = new TestRun(plan([put('a')]), fakeWorld());
  await night.session({ commands: [night.resolve('skip')] });
  expect(events(night, 'command-refused')).toMatchObject([
    { id: null, command: 'resolve', step: null, as: null, reason: 'test', why: 'not-held' },
  ]);
});

describe('found again after a crash between its event and its acknowledgement', () => {
  const again = (night: TestRun, id: string, command: Command) => {
    const { inbox, inboxDone } = layout(night.dir);
    expect(existsSync(join(inbox, `${id}.json`))).toBe(false);
    expect(JSON.parse(readFileSync(join(inboxDone, `${id}.json`), 'utf8')).command).toEqual(command);
    // The acknowledgement never happened.
    writeFileSync(join(inboxDone, `${id}.json`), '');
    writeFileSync(join(inbox, `${id}.json`), JSON.stringify(command));
  };

  test('a command that was taken is answered so, and not carried out twice', async () => {
    const gate = gateStep('gate', { minApprovals: 2, timeoutMs: 150, onTimeout: 'hold' });
    const night = new TestRun(plan([gate, put('b')]), fakeWorld());
    const command = said('go', { at: Date.now() });
    let id = '';
    postAfter(night, 'gate-opened', () => {
      id ||= postCommand(night.dir, { ...command, at: Date.now() });
    });
    await night.session();
    const [event] = events(night, 'gate-answered');
    expect(event).toMatchObject({ commandId: id });
    again(
      night,
      id,
      JSON.parse(readFileSync(join(layout(night.dir).inboxDone, `${id}.json`), 'utf8')).command,
    );
    await night.session();
    expect(readAnswer(night.dir, id)).toEqual({ taken: true, seq: event?.seq });
    expect(events(night, 'gate-answered')).toHaveLength(1);
    expect(events(night, 'command-refused')).toEqual([]);
  });

  test('a command that was refused is refused again, and journaled once', async () => {
    const night = new TestRun(plan([put('a')]), fakeWorld());
    night.world.script.set('a', async () => ({ done: false, effect: 'none', retryable: false, short: 'no' }));
    const command = said('go');
    const id = postCommand(night.dir, command);
    await night.session();
    again(night, id, command);
    await night.session();
    expect(readAnswer(night.dir, id)).toEqual({ refused: { why: 'gate-not-open', remedy: null } });
    expect(events(night, 'command-refused')).toHaveLength(1);
  });
});
