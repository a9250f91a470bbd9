import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FileLedger } from '../../../engine/journal/ledger.ts';
import { ledgerPath } from '../../../engine/journal/ledger-lost.ts';
import { acquireLock } from '../../../engine/journal/lock.ts';
import type { Plan } from '../../../engine/plan.ts';
import { success } from '../views/scripted-run.ts';
import { runbookHere as runbook, workDir } from './command-line.ts';
import { makeRun } from './made-run.ts';

const act = 'mail/do/0';

/** ck0 sent, ck1 without an answer, ck2 refused, ck3 not started. */
const mailing = async (secrets?: Plan['secrets'], env: Record<string, string> = {}) => {
  const cwd = workDir();
  const made = makeRun(cwd, success, 'gate-opened', secrets);
  const path = ledgerPath(made.run.ledgers, act, 'recipients');
  const open = () => new FileLedger({ path, act, name: 'recipients', now: () => Date.UTC(2026, 10, 22, 22) });
  const ledger = open();
  await ledger.freeze(
    (async function* () {
      for (const n of [0, 1, 2, 3]) yield { key: `ck${n}`, value: { email: `u${n}@example.test` } };
    })(),
  );
  for await (const { key } of ledger.pending()) {
    if (key === 'ck3') break;
    ledger.claim(key);
    if (key === 'ck0') ledger.settle(key, 'done');
    if (key === 'ck2') ledger.settle(key, 'failed', { note: 'Auth refuses: no such address' });
  }
  ledger.close();
  const ask = (...more: string[]) => runbook(['ledger', made.run.id, ...more], { cwd, env });
  return { ...made, ask, open };
};

const settleCk1 = ['mail', '--settle', 'ck1', '--as'];

describe('ledger', () => {
  test('keeps a reason without a secret that somebody typed; one that is not set here hides nothing else', async () => {
    const secrets = { db: { env: 'DB_PASSWORD' }, other: { env: 'NOT_SET_HERE' } } as const;
    const { ask, run } = await mailing(secrets, { DB_PASSWORD: 'correct-horse' });
    const { code, stderr } = await ask(...settleCk1, 'sent', '--reason', 'logged in with correct-horse');
    expect(code, stderr).toBe(0);
    const kept = readFileSync(ledgerPath(run.ledgers, act, 'recipients'), 'utf8');
    expect(kept).toContain('logged in with ***');
    expect(kept).not.toContain('correct-horse');
  });

  test('without a step prints a summary of each, and no recipient', async () => {
    const { ask } = await mailing();
    const { code, stdout } = await ask();
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "mail/do/0 recipients: 4 items since 2026-11-22 22:00:00+00:00: 1 planned, 1 claimed, 1 done, 1 failed
      "
    `);
  });

  test('of a step lists whom somebody may have to look at', async () => {
    const { ask } = await mailing();
    const { stdout } = await ask('mail');
    expect(stdout).toMatchInlineSnapshot(`
      "mail/do/0 recipients: 4 items since 2026-11-22 22:00:00+00:00: 1 planned, 1 claimed, 1 done, 1 failed
      KEY  STATE    CLAIMED                    ITEM                         WHY
      ck1  claimed  2026-11-22 22:00:00+00:00  {"email":"u1@example.test"}
      ck2  failed   2026-11-22 22:00:00+00:00  {"email":"u2@example.test"}  Auth refuses: no such address
      "
    `);
  });

  test('obeys nothing that a server or a row says', async () => {
    const { ask, open } = await mailing();
    const ledger = open();
    for await (const { key } of ledger.unsettled())
      ledger.settle(key, 'unknown', { note: '\u001b[2J\u001b]0;pwned\u0007451 \u009b31mtry again' });
    ledger.close();
    const { stdout } = await ask('mail');
    expect(stdout).toContain('451 try again');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|pwned/);
  });

  test('lists one state, and all as JSON', async () => {
    const { ask } = await mailing();
    expect((await ask('mail', '--state', 'planned')).stdout).toContain('ck3');
    const { stdout } = await ask('mail', '--state', 'done', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      act,
      count: 4,
      counts: { planned: 1, claimed: 1, done: 1, failed: 1 },
      items: [{ key: 'ck0', value: { email: 'u0@example.test' }, state: 'done' }],
    });
  });

  test('takes what a person found out, with who and why', async () => {
    const { ask, run, open } = await mailing();
    const { stdout } = await ask(...settleCk1, 'unsent', '--reason', 'not in the SMTP log');
    expect(stdout).toBe(`ck1 was claimed and is now unsent; to continue: runbook resume ${run.id}\n`);
    const pending: string[] = [];
    for await (const { key } of open().pending()) pending.push(key);
    expect(pending).toEqual(['ck1', 'ck3']);
    expect((await ask('mail', '--state', 'not-done')).stdout).toContain(': not in the SMTP log');
    expect((await ask(...settleCk1, 'sent', '--reason', 'it was')).stdout).toContain(
      'ck1 was not-done and is now sent',
    );
  });

  test('waits for the engine to be gone', async () => {
    const { ask, run } = await mailing();
    const lock = acquireLock(run.path, { pid: 4711, host: 'laptop', user: 'ops', startedAt: 0 });
    const { code, stderr } = await ask(...settleCk1, 'sent', '--reason', 'x');
    lock.release();
    expect({ code, stderr }).toMatchObject({ code: 4, stderr: expect.stringContaining('RB440') });
  });

  test.each([
    [['other'], 'RB650', 'Steps with a ledger: mail'],
    [['mail', '--state', 'gone'], 'RB651', 'planned, claimed'],
    [[...settleCk1, 'maybe', '--reason', 'x'], 'RB651', 'sent, unsent'],
    [[...settleCk1, 'sent'], 'RB607', '--reason'],
    [['mail', '--settle', 'ck9', '--as', 'sent', '--reason', 'x'], 'RB652', 'ck9'],
    [['mail', '--settle', 'ck3', '--as', 'sent', '--reason', 'x'], 'RB653', 'Only an item that was started'],
    [['mail', '--as', 'sent'], 'RB608', '--settle'],
  ])('%j is refused with %s', async (args, refusal, says) => {
    const { ask } = await mailing();
    const { code, stderr, stdout } = await ask(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(refusal);
    expect(stderr).toContain(says);
  });
});
