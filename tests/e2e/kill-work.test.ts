/**
 * kill -9 of the engine, a lost connection, a time limit and a rollback during the long work of step types: it is
 * followed on and never begun twice, or ended and proven dead. On this machine and over real SSH.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { vpsPaths } from '../../docker/native/vps.ts';
import { makeRepository } from '../steps/git-checkout/repository.ts';
import { useLab } from '../support/lab.ts';
import { useMysqlDatabase } from '../support/own-database.ts';
import { usePlace, useVps } from '../support/place.ts';
import { type CliRun, databaseTarget, groupOf, isAlive, useCliRun, vpsTarget } from './cli-run.ts';
import { useWay } from './forwarder.ts';

const lab = await useLab();

type Yaml = Readonly<Record<string, unknown>>;

interface Kind {
  readonly type: string;
  /** What is made to wait: a tool, and which of its calls. */
  readonly tool: string;
  readonly when: string;
  readonly with: (dir: string) => Yaml;
  /** Steps before it. */
  readonly first?: (dir: string) => readonly Yaml[];
  readonly database?: boolean;
  readonly repository?: boolean;
}

const dumped = (dir: string): Yaml => ({
  id: 'dump',
  type: 'mysql.dump',
  target: 'db',
  with: { path: join(dir, 'dump.sql') },
});

const scratch = `scratch_${process.pid}`;

const kinds: Readonly<Record<'dump' | 'restore' | 'archive' | 'checkout', Kind>> = {
  dump: {
    type: 'mysql.dump',
    tool: 'mysqldump',
    when: '--defaults-extra-file*',
    with: (dir) => ({ path: join(dir, 'dump.sql') }),
    database: true,
  },
  restore: {
    type: 'mysql.restore',
    tool: 'mysql',
    when: '--defaults-extra-file*',
    with: (dir) => ({ path: join(dir, 'dump.sql'), database: scratch, keep: false }),
    first: (dir) => [dumped(dir)],
    database: true,
  },
  archive: {
    type: 'archive.create',
    tool: 'tar',
    when: '*-czf*',
    with: (dir) => ({ path: join(dir, 'uploads.tar.gz'), source: join(dir, 'uploads') }),
  },
  checkout: {
    type: 'git.checkout',
    tool: 'git',
    when: '*clone*',
    with: (dir) => ({ path: join(dir, 'app') }),
    repository: true,
  },
};

const on = ['vps', 'local'] as const;
type Where = (typeof on)[number];

/** The real tool, past the one of the test's own. */
const realTool = (tool: string): string => {
  const ofLab = join(vpsPaths(lab.dir).bin, tool);
  return existsSync(ofLab)
    ? ofLab
    : execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim();
};

/** Stands in front of the real tool: the call at issue says that it began, and waits for the file `go`. */
const waitingTool = (dir: string, tool: string, when: string): string => {
  const tools = join(dir, 'tools');
  mkdirSync(tools, { recursive: true });
  const script = `#!/bin/sh
case "$*" in ${when}) echo began >>'${dir}/calls'; until [ -e '${dir}/go' ]; do sleep 0.02; done ;; esac
exec '${realTool(tool)}' "$@"
`;
  writeFileSync(join(tools, tool), script, { mode: 0o755 });
  return tools;
};

interface World {
  readonly run: CliRun;
  readonly began: () => Promise<void>;
  readonly calls: () => string;
  readonly job: string;
}

const begin = async (
  { type, tool, when, with: given, first, database, repository }: Kind,
  where: Where,
  { more = {}, target = {} }: { more?: Yaml; target?: Yaml } = {},
): Promise<World> => {
  const db = database ? await useMysqlDatabase(lab) : null;
  await db?.ask('CREATE TABLE people (id INT PRIMARY KEY)');
  const repo = repository ? await repositoryOn(where) : {};
  const place = where === 'vps' ? { run_on: 'vps' } : {};
  const access = (name: string): Yaml => {
    const { via, ...direct } = databaseTarget(lab, name);
    return where === 'vps' ? { via, ...direct } : direct;
  };
  const run = useCliRun(
    lab,
    (dir) => {
      mkdirSync(join(dir, 'uploads'));
      writeFileSync(join(dir, 'uploads', 'one'), 'x'.repeat(5000));
      const tools = waitingTool(dir, tool, when);
      const vps = { ...vpsTarget(lab, dir, target), path: [tools, vpsPaths(lab.dir).bin] };
      const work = {
        id: 'work',
        type,
        ...(database && { target: 'db' }),
        with: { ...given(dir), ...repo },
        ...more,
      };
      return {
        ...(database && { secrets: { db_password: { env: 'DB_PASSWORD' } } }),
        targets: {
          ...(where === 'vps' && { vps }),
          ...(db && { db: access(db.name) }),
        },
        steps: [...(first?.(dir) ?? []), work].map((step) => ({ ...step, ...place })),
      };
    },
    database ? { DB_PASSWORD: lab.mysql.adminPassword } : {},
  );
  if (where === 'local')
    run.env.PATH = `${join(run.vps, 'tools')}:${vpsPaths(lab.dir).bin}:${process.env.PATH}`;
  // Where the places keep their files differs: `groupOf` looks below the run's own folder.
  if (where === 'local') run.env.XDG_STATE_HOME = join(run.vps, 'xdg');
  const file = join(run.vps, 'calls');
  const calls = () => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  return {
    run,
    calls,
    began: () => expect.poll(calls, { timeout: 20_000 }).toBe('began\n'),
    job: 'work.do.0#1',
  };
};

const repositoryOn = async (where: Where): Promise<Yaml> => {
  const { dir, shell } = where === 'vps' ? await useVps(lab) : await usePlace();
  const { v1 } = await makeRepository(shell, `${dir}/origin`);
  return { commit: v1, repository: `file://${dir}/origin` };
};

const stateOf = (run: CliRun, where: Where): string =>
  where === 'vps' ? join(run.vps, 'state') : join(run.vps, 'xdg', 'runbook');

const claimText = (run: CliRun, where: Where, job: string): string => {
  const runId = run.events().find((e) => e.type === 'run-created')?.runId as string;
  return readFileSync(join(stateOf(run, where), runId, job, 'pid'), 'utf8');
};

const attempts = (run: CliRun): number =>
  run.events().filter((e) => e.type === 'act-started' && e.act === 'work/do/0').length;

const probes = (run: CliRun): readonly unknown[] =>
  run.events().flatMap((e) => (e.type === 'act-probed' && e.act === 'work/do/0' ? [e.state] : []));

const kill = async (engine: ReturnType<CliRun['begin']>): Promise<void> => {
  engine.kill('SIGKILL');
  expect((await engine.ended).code).toBe(null);
};

describe.each(
  on.flatMap((where) => Object.entries(kinds).map(([name, kind]) => [name, where, kind] as const)),
)('kill -9 during %s, %s', (_name, where, kind) => {
  test('resume follows the same work to its end', { timeout: 90_000 }, async () => {
    const { run, began, calls, job } = await begin(kind, where);
    const engine = run.begin();
    await began();
    await kill(engine);
    const claim = claimText(run, where, job);
    const resumed = run.resume();
    await expect.poll(() => probes(run), { timeout: 20_000 }).toEqual(['alive']);
    run.open('go');
    expect((await resumed.ended).code).toBe(0);
    expect(calls(), 'the tool ran once').toBe('began\n');
    expect(claimText(run, where, job), 'the same process, by its start').toBe(claim);
    expect(attempts(run)).toBe(1);
  });
});

test('it ended while no engine ran: resume has its result and does not begin it anew', {
  timeout: 60_000,
}, async () => {
  const { run, began, calls } = await begin(kinds.archive, 'vps');
  const engine = run.begin();
  await began();
  await kill(engine);
  run.open('go');
  await expect.poll(() => readdirSync(run.vps), { timeout: 10_000 }).toContain('uploads.tar.gz');
  expect((await run.cli('resume')).code).toBe(0);
  expect(calls()).toBe('began\n');
  expect(attempts(run)).toBe(1);
  expect(run.events().find((e) => e.act === 'work/do/0' && e.output !== undefined)?.output).toMatchObject({
    files: 1,
    source_bytes: 5000,
  });
});

test('killed after the intent and before the start: it is proven not done, and begun once', {
  timeout: 60_000,
}, async () => {
  // The engine asks the tool for its version after the intent, and before it starts the work.
  const { run, began, calls } = await begin({ ...kinds.dump, when: '--version' }, 'vps');
  const engine = run.begin();
  await began();
  await kill(engine);
  run.open('go');
  expect((await run.cli('resume')).code).toBe(0);
  expect(probes(run)).toEqual(['not-done']);
  expect(attempts(run)).toBe(2);
  expect(calls()).toBe('began\nbegan\n');
});

test('a rollback ends what a killed engine left, and nothing of it stays', { timeout: 60_000 }, async () => {
  const { run, began, job } = await begin(kinds.archive, 'vps');
  const engine = run.begin();
  await began();
  await kill(engine);
  const group = groupOf(run, job);
  expect(isAlive(group)).toBe(true);
  const { code } = await run.cli('rollback', 'latest', '--reason', 'not now');
  expect(code).toBe(5);
  expect(isAlive(group)).toBe(false);
  expect(readdirSync(run.vps).filter((name) => name.includes('tar.gz'))).toEqual([]);
});

test('its time limit ends it and proves it dead', { timeout: 60_000 }, async () => {
  const { run, job } = await begin(kinds.archive, 'vps', { more: { timeout: '3s', kill_grace: '200ms' } });
  const { code, stderr } = await run.exec();
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('timed out') });
  expect(isAlive(groupOf(run, job))).toBe(false);
  expect(readdirSync(run.vps).filter((name) => name.includes('tar.gz'))).toEqual([]);
});

test('Ctrl-C leaves it running, and resume takes it up', { timeout: 60_000 }, async () => {
  const { run, began, calls, job } = await begin(kinds.checkout, 'vps');
  const engine = run.begin();
  await began();
  engine.kill('SIGINT');
  expect((await engine.ended).code).toBe(130);
  expect(isAlive(groupOf(run, job))).toBe(true);
  run.open('go');
  expect((await run.cli('resume')).code).toBe(0);
  expect(calls()).toBe('began\n');
});

test('the connection is lost: the engine connects again and follows the dump to its end', {
  timeout: 60_000,
}, async () => {
  const way = await useWay(lab);
  await way.open();
  const { port, known_hosts, fingerprint } = way.target('') as Record<string, unknown>;
  const { run, began, calls } = await begin(kinds.dump, 'vps', {
    target: { port, known_hosts, fingerprint },
  });
  const engine = run.begin();
  await began();
  way.cut();
  await engine.saw('the connection to vps is lost: connecting again');
  run.open('go');
  expect((await engine.ended).code).toBe(0);
  expect(calls()).toBe('began\n');
  expect(attempts(run)).toBe(1);
});
