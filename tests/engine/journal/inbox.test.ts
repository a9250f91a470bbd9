import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { Command } from '../../../engine/decide/decisions.ts';
import type { Recorded } from '../../../engine/decide/events.ts';
import { answeredBefore, readAnswer } from '../../../engine/journal/command-answer.ts';
import { acknowledge, drainInbox, type PostedCommand, postCommand } from '../../../engine/journal/inbox.ts';
import { masked } from '../../support/masked.ts';
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
    const first = commands[0] as PostedCommand;
    acknowledge(run, first, { taken: true, seq: 7 });
    acknowledge(run, first, { taken: true, seq: 7 });
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

  test('is answered where its sender reads it', ({ dir }) => {
    const { path: run, inbox, inboxRejected } = newRun(dir);
    const [a, b] = [postCommand(run, approve(1)), postCommand(run, approve(2))];
    expect(readAnswer(run, a)).toBe(null);
    const [first, second] = drainInbox(run).commands as [PostedCommand, PostedCommand];
    acknowledge(run, first, { taken: true, seq: 12 });
    acknowledge(run, second, { refused: { why: 'too late', remedy: null } });
    expect(readAnswer(run, a)).toEqual({ taken: true, seq: 12 });
    expect(readAnswer(run, b)).toEqual({ refused: { why: 'too late', remedy: null } });
    expect(readdirSync(inbox).sort()).toEqual(['done', 'rejected']);
    writeFileSync(join(inbox, '3-c.json'), '{}');
    drainInbox(run);
    expect(readdirSync(inboxRejected)).toHaveLength(1);
    expect(readAnswer(run, '3-c')).toMatchObject({
      refused: { why: 'the engine could not read it as a command' },
    });
  });

  test('whose outcome is in the journal', () => {
    const base = { at: 1, step: 'g', round: 1, unattended: false, user: 'u', reason: masked('r') } as const;
    const events: Recorded[] = [
      { ...base, seq: 1, type: 'gate-answered', verdict: 'go', by: 'lead', commandId: 'a' },
      {
        at: 1,
        seq: 2,
        type: 'hold-resolved',
        hold: 'h',
        choice: 'roll-back',
        by: 'u',
        reason: masked('r'),
        commandId: 'b',
      },
      { at: 1, seq: 3, type: 'rollback-started', reason: masked('r'), by: 'u', owed: [], commandId: 'b' },
      {
        at: 1,
        seq: 4,
        type: 'command-refused',
        id: 'c',
        command: 'roll-back',
        step: null,
        as: null,
        user: 'u',
        reason: masked('r'),
        why: masked('no'),
      },
    ];
    expect(answeredBefore(events, 'a')).toEqual({ taken: true, seq: 1 });
    expect(answeredBefore(events, 'b')).toEqual({ taken: true, seq: 2 });
    expect(answeredBefore(events, 'c')).toEqual({ refused: { why: 'no', remedy: null } });
    expect(answeredBefore(events, 'd')).toBe(null);
  });

  test('that cannot be left says so', ({ dir }) => {
    const { path: run, inbox } = newRun(dir);
    rmSync(inbox, { recursive: true });
    expect(
      told(diagnosed(() => postCommand(run, approve(1)))).replaceAll(inbox, 'INBOX'),
    ).toMatchInlineSnapshot(`
      "RB450 (exit 4) The run's inbox INBOX cannot be used: no such file or directory (ENOENT)
      Free space or check its permissions. The command was not sent: give it again"
    `);
    expect(diagnosed(() => drainInbox(run)).code).toBe('RB450');
  });

  test('that is none is the caller’s bug, and leaves no file', ({ dir }) => {
    const { path: run, inbox } = newRun(dir);
    expect(() => postCommand(run, { ...approve(1), verdict: 'maybe' } as never)).toThrow();
    expect(readdirSync(inbox).sort()).toEqual(['done', 'rejected']);
  });
});

test('an invalid file is set aside, reported once, and stops no other command', ({ dir }) => {
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
