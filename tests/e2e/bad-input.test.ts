/**
 * What an operator gets wrong or runs into, each asked for by name: one clear diagnostic with a remedy, the
 * right exit code, and after the cause is fixed `resume` continues with nothing lost and nothing done twice.
 *
 * A step output that breaks its schema needs a broken step type: tests/engine/run/run.test.ts has one.
 */
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { useLab } from '../support/lab.ts';
import { useMysqlDatabase } from '../support/own-database.ts';
import { type CliRun, databaseTarget, leaves, steady, useCliRun, vpsTarget } from './cli-run.ts';
import { useWay } from './forwarder.ts';

const lab = await useLab();

const noRun = 'ENOENT';

/** From the word HELD to the commands to continue. */
const hold = (night: CliRun, stderr: string, volatile: Record<string, string | number> = {}): string => {
  const text = steady(stderr, { ...volatile, CWD: night.cwd, VPS: night.vps });
  const [, said = 'not held'] = text.match(/(HELD .*?)\n *runbook resume/s) ?? [];
  return said.replaceAll(/\n +/g, '\n');
};

const told = (night: CliRun, stderr: string, volatile: Record<string, string | number> = {}): string =>
  steady(stderr, { ...volatile, CWD: night.cwd }).trim();

describe('before anything is started', () => {
  test('a var without a value', async () => {
    const night = useCliRun(lab, (vps) => ({
      vars: { domain: { type: 'string', required: true } },
      targets: { vps: vpsTarget(lab, vps) },
      steps: [leaves('first', vps)],
    }));
    // A process of its own: the file is named as seen from its folder.
    const { code, stderr } = await night.begin().ended;
    expect(code).toBe(2);
    expect(told(night, stderr)).toMatchInlineSnapshot(`
      "night.yaml:4:3  RB314  The var "domain" (string) has no value
         4 |   domain:
           |   ^^^^^^
        Give it with --var domain=VALUE, or in a file with --vars FILE"
    `);
    expect(() => night.runDir()).toThrow(noRun);
    expect((await night.exec('--var', 'domain=journal.example')).code).toBe(0);
  });

  test('a secret that is not set', async () => {
    const night = useCliRun(lab, (vps) => ({
      secrets: { api_token: { env: 'NIGHT_API_TOKEN' } },
      targets: { vps: vpsTarget(lab, vps) },
      steps: [leaves('first', vps)],
    }));
    const { code, stderr } = await night.exec();
    expect(code).toBe(2);
    expect(told(night, stderr)).toMatchInlineSnapshot(`
      "RB520  Secret "api_token" is not set: NIGHT_API_TOKEN is not in the environment
        Set NIGHT_API_TOKEN and run the command again"
    `);
    expect(() => night.runDir()).toThrow(noRun);
    expect(night.did()).toEqual([]);
    night.env.NIGHT_API_TOKEN = 'token-of-tonight';
    expect((await night.exec()).code).toBe(0);
  });
});

describe('a target that does not let the engine in', () => {
  test('an unreachable host', async () => {
    const way = await useWay(lab);
    const night = useCliRun(lab, (vps) => ({
      targets: { vps: way.target(vps) },
      steps: [leaves('first', vps)],
    }));
    const { code, stderr } = await night.exec();
    expect(code).toBe(1);
    expect(hold(night, stderr, { PORT: way.port })).toMatchInlineSnapshot(`
      "HELD at first: vps: 127.0.0.1:PORT cannot be reached: the host is up, but nothing listens on this port
      -> Check \`port\`, and on the host that sshd runs."
    `);
    await way.open();
    expect((await night.cli('resume')).code).toBe(0);
    expect(night.did()).toEqual(['did first']);
  });

  test('a changed host key', async () => {
    const night = useCliRun(lab, (vps) => ({
      targets: { vps: vpsTarget(lab, vps, { known_hosts: './known_hosts' }) },
      steps: [leaves('first', vps)],
    }));
    const known = join(night.cwd, 'known_hosts');
    const another = 'AAAAC3NzaC1lZDI1NTE5AAAAIFVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVV';
    writeFileSync(known, `[127.0.0.1]:${lab.ssh.port} ssh-ed25519 ${another}\n`);
    const { code, stderr } = await night.exec();
    expect(code).toBe(1);
    expect(hold(night, stderr, { PORT: lab.ssh.port })).toMatchInlineSnapshot(`
      "HELD at first: vps: [127.0.0.1]:PORT offers the host key ssh-ed25519 FINGERPRINT, but ./known_hosts has ssh-ed25519 FINGERPRINT (line 1)
      -> Someone may sit in between. Find out why the key changed before you trust the new one."
    `);
    expect(night.did()).toEqual([]);
    copyFileSync(lab.ssh.knownHosts, known);
    expect((await night.cli('resume')).code).toBe(0);
    expect(night.did()).toEqual(['did first']);
  });

  test('a wrong password for ssh', async () => {
    const night = useCliRun(
      lab,
      (vps) => ({
        secrets: { vps_password: { env: 'VPS_PASSWORD' } },
        targets: {
          vps: vpsTarget(lab, vps, { key_file: undefined, password: '${{ secrets.vps_password }}' }),
        },
        steps: [leaves('first', vps)],
      }),
      { VPS_PASSWORD: 'not-the-password' },
    );
    const { code, stderr } = await night.exec();
    expect(code).toBe(1);
    expect(hold(night, stderr, { PORT: lab.ssh.port, USER: lab.ssh.user })).toMatchInlineSnapshot(`
      "HELD at first: vps: 127.0.0.1:PORT did not let USER in with the password
      -> Check \`user\` and the secret of \`password\`: ssh -p PORT USER@127.0.0.1"
    `);
    expect(night.did()).toEqual([]);
    // A lab that does not run as root has no password that would be right.
    if (lab.ssh.password === null) return;
    night.env.VPS_PASSWORD = lab.ssh.password;
    expect((await night.cli('resume')).code).toBe(0);
    expect(night.did()).toEqual(['did first']);
  });

  test('a wrong password for mysql', async () => {
    const database = await useMysqlDatabase(lab);
    await database.ask('CREATE TABLE marks (name VARCHAR(20))');
    const night = useCliRun(
      lab,
      (vps) => ({
        secrets: { db_password: { env: 'DB_PASSWORD' } },
        targets: { vps: vpsTarget(lab, vps), db: databaseTarget(lab, database.name) },
        steps: [
          leaves('first', vps),
          {
            id: 'mark',
            type: 'mysql.query',
            target: 'db',
            with: { sql: "INSERT INTO marks VALUES ('x')", effects: 'write' },
            rollback: { undo: { none: 'a mark' } },
          },
        ],
      }),
      { DB_PASSWORD: 'not-the-password' },
    );
    const { code, stderr } = await night.exec();
    expect(code).toBe(1);
    const volatile = { DATABASE: database.name, PORT: lab.mysql.port, ADMIN: lab.mysql.adminUser };
    expect(hold(night, stderr, volatile)).toMatchInlineSnapshot(`
      "HELD at mark: db: ADMIN@127.0.0.1:PORT/DATABASE: Access denied for user 'ADMIN'@'127.0.0.1' (using password: YES)
      -> Check the user, the password and the hosts the account may come from"
    `);
    night.env.DB_PASSWORD = lab.mysql.adminPassword;
    expect((await night.cli('resume')).code).toBe(0);
    expect(await database.ask('SELECT name FROM marks')).toEqual([{ name: 'x' }]);
    expect(night.did()).toEqual(['did first']);
  });
});

test('a missing binary', async () => {
  const night = useCliRun(lab, (vps) => ({
    targets: { vps: vpsTarget(lab, vps) },
    steps: [
      leaves('first', vps),
      {
        id: 'reload',
        type: 'command',
        run_on: 'vps',
        with: { run: [join(vps, 'reload-app'), '--now'] },
        rollback: { undo: { none: 'it only reloads' } },
      },
    ],
  }));
  const { code, stderr } = await night.exec();
  expect(code).toBe(1);
  expect(hold(night, stderr)).toMatchInlineSnapshot(`
    "HELD at reload: vps: VPS/reload-app is not there or not executable
    -> Put VPS/reload-app on vps and make it executable, or correct its path."
  `);
  const did = join(night.vps, 'did');
  writeFileSync(join(night.vps, 'reload-app'), `#!/bin/sh\necho "reload $1" >>'${did}'\n`, { mode: 0o755 });
  expect((await night.cli('resume')).code).toBe(0);
  expect(night.did()).toEqual(['did first', 'reload --now']);
});
