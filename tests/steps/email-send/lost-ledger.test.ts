/** The engine is killed in the middle of a mailing, and its ledger is not what it was when the run is taken up. */
import { randomBytes } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runbook, start, workDir } from '../../engine/cli/command-line.ts';
import { useMailServer } from '../../support/mail-server.ts';

const people = Array.from({ length: 10 }, (_, i) => `u${i}@example.test`);

/** Killed with `kill -9` when the server has taken three. */
const killedMailing = async (onFailure = 'hold') => {
  const server = await useMailServer();
  const cwd = workDir();
  const yaml = `version: 1
name: mailing
targets:
  mail: { type: smtp, host: ${server.host}, port: ${server.port}, from: Journal <noreply@journal.test> }
steps:
  - id: mail
    name: Write to everybody
    type: email.send
    target: mail
    with:
      recipients: { list: [${people.join(', ')}] }
      expect_count: 10
      subject: Maintenance
      text: Bonjour
      rate: { per_second: 4 }
    retry: { limit: 3, interval: 0s }
    on_failure: ${onFailure}
    rollback: { undo: { none: a mail that is sent is sent } }
`;
  writeFileSync(join(cwd, 'r.yaml'), yaml);
  const env = { HOME: cwd, XDG_STATE_HOME: join(cwd, 'state') };
  const engine = start(['exec', 'r.yaml'], { cwd, env });
  // What the engine says where it does not even get there.
  void engine.ended.then(({ stderr }) => server.taken.length > 0 || process.stderr.write(stderr));
  await expect.poll(() => server.taken.length, { timeout: 20_000, interval: 20 }).toBeGreaterThanOrEqual(3);
  engine.kill('SIGKILL');
  await engine.ended;
  const runs = join(cwd, '.runbook', 'runs');
  const [id = ''] = readdirSync(runs);
  const ledger = join(runs, id, 'ledgers', 'mail.do.0.recipients.jsonl');
  const twice = () => server.taken.length - new Set(server.taken.map(({ to }) => to)).size;
  return { server, cwd, ledger, twice, cli: (...args: string[]) => runbook(args, { cwd, env }) };
};

const lines = (path: string): string[] => readFileSync(path, 'utf8').trimEnd().split('\n');

const losses: readonly [string, (path: string) => void | Promise<void>][] = [
  ['missing', (path) => rmSync(path)],
  // The list and the line that freezes it stay: everybody looks unserved.
  ['cut at a line end', (path) => writeFileSync(path, `${lines(path).slice(0, 11).join('\n')}\n`)],
  ['one claim short', (path) => writeFileSync(path, `${cutBeforeLastClaim(path).join('\n')}\n`)],
  ["another run's", otherList],
];

const cutBeforeLastClaim = (path: string): string[] => {
  const all = lines(path);
  return all.slice(
    0,
    all.findLastIndex((line) => line.includes('"to":"claimed"')),
  );
};

async function otherList(path: string): Promise<void> {
  const { writeFrozen } = await import('../../../engine/journal/ledger-freeze.ts');
  const { openJournalFile } = await import('../../../engine/journal/journal-file.ts');
  rmSync(path);
  const freezing = { path, act: 'mail/do/0', ledger: 'recipients', now: () => 1, open: openJournalFile };
  const other = async function* () {
    for (const email of people) yield { key: randomBytes(4).toString('hex'), value: { email, values: {} } };
  };
  await writeFrozen(freezing, other());
}

describe.each(losses)('a ledger that is %s', (_, lose) => {
  test('holds: nobody is written to, with --retry neither, until the file is back', async () => {
    const { server, cwd, ledger, twice, cli } = await killedMailing('rollback');
    const backup = join(cwd, 'backup.jsonl');
    cpSync(ledger, backup);
    await lose(ledger);
    const before = server.taken.length;

    const first = await cli('resume');
    expect(first.code, first.stderr).toBe(3);
    expect(first.stderr).toContain('recipients.jsonl does not have the items that the journal recorded');
    expect(first.stderr).toContain('Restore the file from a backup');
    const again = await cli('resume', '--retry', 'mail', '--reason', 'try');
    expect(again.code, again.stderr).toBe(3);
    expect(server.taken).toHaveLength(before);
    const listed = await cli('ledger', 'latest', 'mail');
    expect(listed).toMatchObject({ code: 4, stderr: expect.stringContaining('RB418') });

    cpSync(backup, ledger);
    const whole = await cli('resume', '--retry', 'mail', '--reason', 'the file is back');
    // One may have been under way when the engine was killed: then a person is asked about that one, after a rollback.
    expect([0, 1, 3, 5], whole.stderr).toContain(whole.code);
    expect(server.taken.length).toBeGreaterThan(before);
    expect(twice()).toBe(0);
  }, 60_000);
});
