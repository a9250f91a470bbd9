import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { answer } from '../../../engine/decide/answer.ts';
import type { Command } from '../../../engine/decide/decisions.ts';
import type { Recorded } from '../../../engine/decide/events.ts';
import { acknowledge, drainInbox, postCommand } from '../../../engine/journal/inbox.ts';
import { replay } from '../../../engine/journal/replay.ts';
import { gateStep, plan } from '../../support/plan-builder.ts';
import { diagnosed, told } from './diagnosed.ts';
import { newRun } from './new-run.ts';
import { test } from './temp-dir.ts';

const approve = (at: number): Command => ({
  command: 'approve',
  gate: 'go-no-go',
  verdict: 'go',
  as: 'lead',
  unattended: false,
  user: 'operator',
  reason: 'all green',
  at,
});
const rollBack = (at: number): Command => ({ command: 'roll-back', user: 'operator', reason: 'late', at });
const retry = (at: number): Command => ({
  command: 'resolve',
  choice: 'retry',
  step: 'dump',
  user: 'operator',
  reason: '',
  at,
});

describe('a command', () => {
  test('is found by time, again and again until it is acknowledged', ({ dir }) => {
    const { path: run, inboxDone } = newRun(dir);
    for (const command of [rollBack(3000), approve(999), retry(1_795_392_000_000)]) postCommand(run, command);
    const { commands, rejected } = drainInbox(run);
    expect(commands.map(({ command }) => command)).toEqual([
      approve(999),
      rollBack(3000),
      retry(1_795_392_000_000),
    ]);
    expect(rejected).toEqual([]);
    expect(drainInbox(run).commands).toEqual(commands);
    acknowledge(run, commands[0]?.id ?? '');
    acknowledge(run, commands[0]?.id ?? '');
    expect(drainInbox(run).commands).toEqual(commands.slice(1));
    expect(readdirSync(inboxDone)).toEqual([`${commands[0]?.id}.json`]);
  });

  test('is a file for its owner only, whatever the umask', ({ dir }) => {
    const { path: run, inbox } = newRun(dir);
    const before = process.umask(0o777);
    try {
      const id = postCommand(run, approve(1));
      expect(statSync(join(inbox, `${id}.json`)).mode & 0o777).toBe(0o600);
    } finally {
      process.umask(before);
    }
  });

  test('that is seen again after its event was journaled is refused by the core', ({ dir }) => {
    const { path: run } = newRun(dir);
    const night = plan([gateStep('go-no-go', { minApprovals: 2 })]);
    postCommand(run, approve(20));
    const opened = {
      type: 'gate-opened',
      step: 'go-no-go',
      round: 1,
      unmet: [],
      criteria: [],
      seq: 1,
      at: 10,
    } as const;
    const take = () => drainInbox(run).commands[0]?.command as Command;
    const first = answer(night, replay('', [opened]), take());
    const [event] = 'events' in first ? first.events : [];
    // The crash: journaled, not acknowledged.
    const resumed = replay('', [opened, { ...event, seq: 2, at: 20 } as Recorded]);
    expect(answer(night, resumed, take())).toEqual({
      refused: { why: 'already-answered', gate: 'go-no-go', as: 'lead' },
    });
  });

  test('that cannot be left says so', ({ dir }) => {
    const { path: run, inbox } = newRun(dir);
    rmSync(inbox, { recursive: true });
    expect(
      told(diagnosed(() => postCommand(run, approve(1)))).replaceAll(inbox, 'INBOX'),
    ).toMatchInlineSnapshot(`
      "RB450 (exit 4) The run's inbox INBOX cannot be used: no such file or directory (ENOENT)
      Free space or check its rights; a command that was being left there was not given"
    `);
    expect(diagnosed(() => drainInbox(run)).code).toBe('RB450');
  });

  test('that is none is the caller’s bug, and leaves no file', ({ dir }) => {
    const { path: run, inbox } = newRun(dir);
    expect(() => postCommand(run, { ...approve(1), verdict: 'maybe' } as never)).toThrow();
    expect(readdirSync(inbox).sort()).toEqual(['done', 'rejected']);
  });
});

test('what is no command is set aside, told once, and stops no other', ({ dir }) => {
  const { path: run, inbox, inboxRejected } = newRun(dir);
  const put = (name: string, content: string) => writeFileSync(join(inbox, name), content);
  put('1-text.json', 'go!');
  put('2-other.json', '{"command":"approve","gate":"go-no-go"}');
  put('3-more.json', JSON.stringify({ ...rollBack(1), force: true }));
  put('4-long.json', `"${'x'.repeat(70_000)}"`);
  put('5-note.txt', '');
  put('.6-being-written.json', '{');
  symlinkSync('/etc/hostname', join(inbox, '7-link.json'));
  execFileSync('mkfifo', [join(inbox, '8-pipe.json')]);
  mkdirSync(join(inbox, '9-folder.json'));
  put('A-unattended.json', JSON.stringify({ ...approve(1), as: null, unattended: true }));
  postCommand(run, approve(1));

  const { commands, rejected } = drainInbox(run);
  expect(commands).toHaveLength(1);
  expect(rejected).toMatchInlineSnapshot(`
    [
      {
        "file": "1-text.json",
        "why": "it is not JSON",
      },
      {
        "file": "2-other.json",
        "why": "command.verdict: Invalid option: expected one of "go"|"no_go"",
      },
      {
        "file": "3-more.json",
        "why": "command: Unrecognized key: "force"",
      },
      {
        "file": "4-long.json",
        "why": "it is longer than 65536 bytes",
      },
      {
        "file": "5-note.txt",
        "why": "its name does not end in .json",
      },
      {
        "file": "7-link.json",
        "why": "too many symbolic links encountered (ELOOP)",
      },
      {
        "file": "8-pipe.json",
        "why": "it is not a regular file",
      },
      {
        "file": "9-folder.json",
        "why": "it is not a regular file",
      },
      {
        "file": "A-unattended.json",
        "why": "a gate is approved unattended by --yes-to-gate only",
      },
    ]
  `);
  expect(readdirSync(inboxRejected)).toHaveLength(rejected.length);
  expect(drainInbox(run)).toEqual({ commands, rejected: [] });
});
