/** The whole cutover on a stage of its own, its engine killed again and again and resumed as an operator would. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { recoveryMails } from '../../docker/demo/mailbox.ts';
import { logIn, observe, type Scene } from '../../docker/demo/scene.ts';
import { sendVisitor } from '../../docker/demo/visitor.ts';
import { down, type LabInfo, reset } from '../../docker/native/lab.ts';
import { cloneDir, labDir } from '../../docker/native/place.ts';
import { isAlive, startedWith } from '../../docker/native/process-table.ts';
import { marker, recorded } from '../../docker/native/servers.ts';
import { secretsOf, varsFile } from '../../docker/native/vars.ts';
import { watchOver } from '../../docker/native/watchdog.ts';
import { makeFolders } from '../../docker/native/world.ts';
import { type Ended, runbook, start, workDir } from '../engine/cli/command-line.ts';
import { seed, seeded } from '../support/seed.ts';
import { type Event, isAlive as isGroupAlive } from './cli-run.ts';
import { doneTwice, type Killed, killAndResume, type Moment, saying, settled, started } from './killer.ts';

const dir = labDir(`test-flagship-killed-${process.pid}`);
makeFolders(dir);
const callOff = watchOver(dir, process.pid, 'remove');
afterAll(async () => {
  await down(dir);
  rmSync(dir, { recursive: true, force: true });
  callOff();
});

const random = seeded(seed);
const within = (ms: number): number => Math.round(random() * ms);

const flagship = join(cloneDir, 'runbooks', 'trading-journal');

/** Somebody has to log in once the doors are open, or the watch on logins has nothing to watch. */
const returning = 6;
const welcome = (lab: LabInfo): ReturnType<typeof sendVisitor> =>
  sendVisitor(lab.web.url, ({ version }) => {
    if (version !== '2.0.0') return;
    for (let i = 0; i < returning; i++) void logIn(lab.web.url, lab.users.smoke);
  });

const useFlagship = (lab: LabInfo, newCommit: string) => {
  const cwd = workDir();
  const options = { cwd, env: { HOME: cwd, XDG_STATE_HOME: join(cwd, 'state'), ...secretsOf(lab) } };
  /** What announce.yaml would have left. */
  const leaveReceipt = (): void => {
    const { slot } = parse(readFileSync(join(flagship, 'vars', 'lab.yaml'), 'utf8')) as { slot: string };
    const receipt = JSON.stringify({ run: 'announced', slot, failed: 0, unknown: 0, mismatches: 0 });
    writeFileSync(join(lab.vps.backups, 'announced.json'), receipt, { mode: 0o644 });
  };
  const common = ['--yes-to-gate', 'go-no-go', '--json'];
  const exec = [
    ...['exec', join(flagship, 'cutover.yaml'), '--skip-waits', '--var', `new_commit=${newCommit}`],
    ...['--vars', join(flagship, 'vars', 'lab.yaml'), '--vars', varsFile(lab.dir)],
  ];
  const status = async () => JSON.parse((await runbook(['status', '--json'], options)).stdout);
  return {
    begin: () => {
      leaveReceipt();
      return start([...exec, ...common], options);
    },
    dryRun: (): Promise<Ended> => runbook([...exec, '--dry-run'], options),
    resume: (...args: string[]) => start(['resume', ...args, ...common], options),
    cli: (...args: string[]): Promise<Ended> => runbook(args, options),
    status,
    events: async (): Promise<readonly Event[]> =>
      readFileSync((await status()).journal, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
};

type Flagship = ReturnType<typeof useFlagship>;

const wayOf = async (night: Flagship, { at, last }: Killed): Promise<string> => {
  const { state } = await night.status();
  return `seed ${seed}, ${state}, exit ${last.code}, killed ${at.length} times:\n${at.join('\n')}\n${last.stderr.slice(-3000)}`;
};

/** Supervised commands of the VPS, which is this very machine, that still run. */
const leftOnVps = ({ vps }: LabInfo): readonly string[] => {
  const jobs = join(vps.home, '.local', 'state', 'runbook');
  return readdirSync(jobs, { recursive: true, encoding: 'utf8' })
    .filter((file) => basename(file) === 'pid')
    .filter((file) => isGroupAlive(Number(readFileSync(join(jobs, file), 'utf8').split(' ')[1])));
};

/**
 * Where a mail's engine died between its claim and its answer, only the recipient knows: an operator looks into the
 * mailbox, says what is there, and has the mailing go on. Returns how many had to be looked up.
 */
const answerForMails = async (night: Flagship, lab: LabInfo): Promise<number> => {
  const { stdout } = await night.cli('ledger', 'latest', 'recovery-mails', '--json', '--state', 'unknown');
  const { items } = JSON.parse(stdout) as {
    items: readonly { key: string; value: { email: string } }[];
  };
  const mails = await recoveryMails(lab);
  for (const { key, value } of items) {
    const as = mails.has(value.email.toLowerCase()) ? 'sent' : 'unsent';
    const said = await night.cli(
      ...[
        'ledger',
        'latest',
        'recovery-mails',
        '--settle',
        key,
        '--as',
        as,
        '--reason',
        'looked into the mailbox',
      ],
    );
    expect(said, said.stderr).toMatchObject({ code: 0 });
  }
  return items.length;
};

const moved = (mysql: Scene['mysql']): Readonly<Record<string, number>> => {
  const { password_resets: _, ...tables } = mysql;
  return Object.fromEntries(Object.entries(tables).map(([table, { rows }]) => [table, rows]));
};

/** Before the doors open, in the order of the run; which of them, and when, the seed says. */
const quick = [
  ...['new-release', 'new-env', 'build', 'schema', 'maintenance-on', 'stop-app', 'freeze'],
  ...['dump-restored', 'compare', 'switch', 'start-new', 'canary', 'smoke', 'open-doors', 'walk'],
].map((id) => `${id}/do/0`);

const chosen = (many: number, from: readonly string[]): ReadonlySet<string> => {
  const left = [...from];
  return new Set(
    Array.from({ length: many }, () => left.splice(Math.floor(random() * left.length), 1)[0] ?? ''),
  );
};

const momentsOfTheNight = (): readonly Moment[] => {
  const some = chosen(4, quick);
  const now = (id: string): readonly Moment[] =>
    some.has(`${id}/do/0`) ? [started(`${id}/do/0`, random() < 0.4 ? 0 : within(400))] : [];
  return [
    ...['new-release', 'new-env', 'build', 'schema', 'maintenance-on', 'stop-app', 'freeze'].flatMap(now),
    started('dump/do/0', within(100)), // in the parallel block, its sibling beside it
    ...now('dump-restored'),
    saying('etl/do/0', '"line":"migrate: accounts'),
    saying('etl/do/0', '"line":"migrate: trade_tags', within(300)),
    settled('users-moved'), // between two steps
    ...['compare', 'switch', 'start-new', 'canary', 'smoke', 'open-doors'].flatMap(now),
    { name: 'during a watch', seen: '"type":"watch-measured"', thenMs: within(200) },
    ...now('walk'),
    saying('recovery-mails/do/0', '"done":', 200 + within(1_500)),
    saying('recovery-mails/do/0', '"done":', 200 + within(1_500)),
  ];
};

test('it ends with the doors open on the new release, nothing done twice and nobody mailed twice', async () => {
  const lab = await reset(dir);
  const before = await observe(lab);
  expect(before).toMatchObject({ status: 200, version: '1.4.0', running: lab.git.v1 });
  const night = useFlagship(lab, lab.git.v2);
  const visitor = welcome(lab);

  const moments = momentsOfTheNight();
  let killed = await killAndResume(night.begin, night.resume, moments);
  const ofTheMailing = killed.at.filter((name) => name.includes('recovery-mails')).length;
  const { hold } = await night.status();
  let lookedUp = 0;
  if (hold?.step === 'recovery-mails') {
    lookedUp = await answerForMails(night, lab);
    const goOn = () => night.resume('--retry', 'recovery-mails', '--reason', 'looked into the mailbox');
    killed = { at: killed.at, last: (await killAndResume(goOn, night.resume, [])).last };
  }
  await visitor.leave();

  const way = await wayOf(night, killed);
  process.stdout.write(`${way}\n`);
  expect(killed.last.code, `${way}\n${killed.last.stderr.slice(-3_000)}`).toBe(0);
  expect(killed.at.length, way).toBeGreaterThanOrEqual(7);
  expect(lookedUp, way).toBeLessThanOrEqual(ofTheMailing);
  const status = await night.status();
  expect(status, way).toMatchObject({ state: 'succeeded', engine: false });
  expect(doneTwice(await night.events()), way).toEqual([]);
  const after = await observe(lab);
  expect(after, way).toMatchObject({
    ...{ status: 200, version: '2.0.0', running: lab.git.v2, login: 303 },
    ...{ mysql: before.mysql, uploads: before.uploads, stranger: before.stranger },
    ...{ postgres: moved(before.mysql), authUsers: before.mysql.users?.rows },
  });
  const mails = [...(await recoveryMails(lab))].map(
    ([address, all]) => [address, all.length - (address === lab.users.canary.email ? 1 : 0)] as const,
  );
  expect(mails.length, way).toBe(before.mysql.users?.rows);
  expect(
    mails.filter(([, n]) => n !== 1),
    way,
  ).toEqual([]);
  expect(leftOnVps(lab), way).toEqual([]);
}, 480_000);

test('the failure twin, killed in its rollback: the old app is back, nothing of the new one is left, and its dry run passes before and after', async () => {
  const lab = await reset(dir);
  const before = await observe(lab);
  const night = useFlagship(lab, lab.git.faulty);
  const rehearsed = async (): Promise<void> => {
    const { code, stdout, stderr } = await night.dryRun();
    expect(stdout, stderr).toMatch(/^dry run passed: .* 0 with problems\n$/);
    expect(code).toBe(0);
    expect(await observe(lab)).toEqual(before);
  };
  await rehearsed();
  const undos = ['etl', 'dump-restored', 'freeze', 'stop-app', 'maintenance-on', 'schema', 'new-release'];
  const some = chosen(4, undos);
  const moments = [
    saying('etl/do/0', '"line":"migrate: trades', within(300)),
    ...undos
      .filter((id) => some.has(id))
      .map((id) => started(`${id}/undo/0`, random() < 0.4 ? 0 : within(400))),
  ];

  const killed = await killAndResume(night.begin, night.resume, moments);

  const way = await wayOf(night, killed);
  process.stdout.write(`${way}\n`);
  // 2: it was killed after its last word, and a run that is over cannot be resumed.
  expect([5, 2], way).toContain(killed.last.code);
  expect(killed.at.length, way).toBeGreaterThanOrEqual(3);
  expect(await night.status(), way).toMatchObject({ state: 'rolled back', engine: false });
  expect(doneTwice(await night.events()), way).toEqual([]);
  // Its own login opens the old app, which reaches MySQL by the account that was locked.
  expect(await observe(lab), way).toEqual(before);
  expect(before).toMatchObject({ login: 303, postgres: {}, authUsers: 0 });
  expect(await recoveryMails(lab), way).toEqual(new Map());
  expect(leftOnVps(lab), way).toEqual([]);
  await rehearsed();
  await down(dir);
  expect([...recorded(dir).filter(isAlive), ...startedWith(marker, dir)]).toEqual([]);
}, 360_000);
