/**
 * `npm run demo` and `npm run demo:failure`: the whole cutover by `runbook exec` in the lab, then proof from outside
 * the engine. Exits 0 only if every claim is true and nothing is left running.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { down, type LabInfo, reset } from '../native/lab.ts';
import { labDir } from '../native/place.ts';
import { isAlive, startedWith } from '../native/process-table.ts';
import { marker, recorded } from '../native/servers.ts';
import { watchOver } from '../native/watchdog.ts';
import { makeFolders } from '../native/world.ts';
import { type Claim, failure, type Night, success } from './claims.ts';
import { type EngineRun, engineCommand, play } from './engine.ts';
import { inWords } from './failure-in-words.ts';
import { complete, recoveryMails } from './mailbox.ts';
import { toldBy } from './record.ts';
import { logIn, observe } from './scene.ts';
import { sendVisitor } from './visitor.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const demos = {
  success: { claims: success, release: (lab: LabInfo) => lab.git.v2, title: 'the site opens on Supabase' },
  failure: {
    claims: failure,
    release: (lab: LabInfo) => lab.git.faulty,
    title: 'the migrated data does not match, and the run is rolled back to the old app',
  },
} as const;
type Demo = (typeof demos)[keyof typeof demos];

/** How many of the mailed links are followed to their end, beside the canary's. */
const followed = 3;

/** People who come back as soon as the site is open: what the watch on logins counts. */
const returning = 6;

/** Logs in once the new release answers: a watch without anybody to watch proves nothing. */
const welcome = (lab: LabInfo): ReturnType<typeof sendVisitor> =>
  sendVisitor(lab.web.url, ({ version }) => {
    if (version === '2.0.0') void comeBack(lab);
  });

/** One after the other, as people come. */
const comeBack = async (lab: LabInfo): Promise<void> => {
  for (let i = 0; i < returning; i++) await logIn(lab.web.url, lab.users.smoke);
};

const mailing = async (lab: LabInfo) => {
  const mails = await recoveryMails(lab);
  const some = [...mails].filter(([address]) => !isKnown(lab, address)).slice(0, followed);
  let completed = 0;
  for (const [address, [mail]] of some) if (mail && (await complete(lab, address, mail))) completed += 1;
  const received = new Map([...mails].map(([address, all]) => [address, all.length]));
  return { received, completed, tried: some.length };
};

const isKnown = ({ users }: LabInfo, address: string): boolean =>
  [users.smoke.email, users.canary.email].includes(address);

const playNight = async (
  demo: Demo,
  lab: LabInfo,
  runsDir: string,
): Promise<{ night: Night; cutover: EngineRun }> => {
  const release = { new_commit: demo.release(lab) };
  const before = await observe(lab);
  const visitor = welcome(lab);
  // The rehearsal finds the same problems: for the failure it is played with the release that was reviewed.
  const announced = await play(lab, runsDir, {
    runbook: 'announce.yaml',
    vars: { new_commit: lab.git.v2 },
    gates: ['may-announce'],
  });
  const cutover = await play(lab, runsDir, { runbook: 'cutover.yaml', vars: release, gates: ['go-no-go'] });
  const seen = await visitor.leave();
  const memory = join(lab.dir, 'PROJECT_MEMORY.md');
  const closing =
    cutover.exitCode === 0 && cutover.runId !== null ? await close(lab, runsDir, cutover.runId) : null;
  const after = await observe(lab);
  const night: Night = {
    lab,
    exitCodes: {
      'announce.yaml': announced.exitCode,
      'cutover.yaml': cutover.exitCode,
      ...(closing && { 'closing.yaml': closing.exitCode }),
    },
    before,
    after,
    seen,
    told: cutover.runId === null ? null : await toldBy(runsDir, cutover.runId),
    mailing: await mailing(lab),
    memory: existsSync(memory) ? (/^#+ .*$/m.exec(readFileSync(memory, 'utf8'))?.[0] ?? null) : null,
  };
  return { night, cutover };
};

const close = (lab: LabInfo, runsDir: string, run: string): Promise<EngineRun> =>
  play(lab, runsDir, {
    runbook: 'closing.yaml',
    vars: { run, runs_dir: runsDir, runbook: engineCommand(lab) },
  });

const nothingRuns = (dir: string): Claim => {
  const left = [...recorded(dir).filter(isAlive), ...startedWith(marker, dir)];
  return { holds: left.length === 0, says: `the lab is down; ${left.length} of its processes are running` };
};

const report = (proven: readonly Claim[]): void => {
  say('\nSeen from outside the engine:');
  for (const { holds, says } of proven) say(`  ${holds ? '✔' : '✘'} ${says}`);
  if (!proven.every((claim) => claim.holds)) process.exitCode = 1;
};

const main = async (name: string | undefined, stage: string | undefined): Promise<void> => {
  if (name !== 'success' && name !== 'failure') {
    process.stderr.write('Usage: npm run demo | npm run demo:failure\n');
    process.exitCode = 2;
    return;
  }
  const demo = demos[name];
  const dir = labDir(stage ?? 'demo');
  const runsDir = join(dir, 'runs');
  makeFolders(dir);
  const callOff = watchOver(dir, process.pid, 'keep');
  try {
    say(
      `Rehearsal: ${demo.title}\nBringing the lab up (the first time downloads some 25 MB of Debian packages)...`,
    );
    const lab = await reset(dir);
    say(`Supabase Auth here: ${lab.supabase.auth}`);
    const started = Date.now();
    const { night, cutover } = await playNight(demo, lab, runsDir);
    const seconds = Math.round((Date.now() - started) / 1000);
    const proven = demo.claims(night);
    await down(dir);
    report([...proven, nothingRuns(dir)]);
    say(`\nThe run took ${seconds} s. Journal and logs: ${join(runsDir, cutover.runId ?? '')}`);
  } finally {
    await down(dir);
    callOff();
  }
};

// The engine gets them from the terminal as well and ends in its own way; the lab is taken down after it.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});

await main(process.argv[2], process.argv[3]).catch((error: unknown) => {
  const stage = labDir(process.argv[3] ?? 'demo');
  for (const line of inWords(error, stage)) process.stderr.write(`${line}\n`);
  process.exitCode = 1;
});
