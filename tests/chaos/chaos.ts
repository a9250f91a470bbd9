/**
 * Kills the engine at random moments and has it resumed, run after run, until so many have died; then looks from
 * outside whether everything was done once, or everything rolled back. An unknown outcome is answered as a person
 * would who looked at the target.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabInfo } from '../../docker/native/lab.ts';
import { type Ended, runbook, start } from '../support/engine-process.ts';
import { seeded } from '../support/seed.ts';
import { type OwnGround, openGround } from './ground.ts';
import { acts, runbookOf } from './scene.ts';

export interface Chaos {
  readonly lab: LabInfo;
  readonly kills: number;
  readonly seed: number;
  /** Told after each run. */
  readonly told?: (line: string) => void;
}

export interface Found {
  readonly runs: number;
  readonly kills: number;
  /** How often a person was asked. */
  readonly asked: number;
  readonly wrong: readonly string[];
}

/** Longer than a whole run takes, start of the engine included. */
const longestMs = 5_000;
const killsOfARun = 8;
/** Resumes of one run: more means that it goes in circles. */
const mostRounds = 60;

export const chaos = async ({ lab, kills, seed, told = () => {} }: Chaos): Promise<Found> => {
  const random = seeded(seed);
  const found = { runs: 0, kills: 0, asked: 0, wrong: [] as string[] };
  while (found.kills < kills) {
    const ends = random() < 0.7 ? 'good' : 'bad';
    const ground = await openGround(lab);
    const left = Math.min(killsOfARun, kills - found.kills);
    const one = await killed(ground, ends, left, random).finally(() => ground.close());
    found.runs += 1;
    found.kills += one.kills;
    found.asked += one.asked;
    found.wrong.push(...one.wrong.map((what) => `run ${found.runs} (${ends}): ${what}`));
    told(
      `${found.kills} of ${kills} kills, ${found.runs} runs, ${found.asked} questions, ${found.wrong.length} wrong`,
    );
  }
  return found;
};

const killed = async (ground: OwnGround, ends: 'good' | 'bad', kills: number, random: () => number) => {
  const { cwd, env } = ground;
  const file = join(cwd, 'chaos.yaml');
  writeFileSync(file, runbookOf(ground, ends));
  const found = { kills: 0, asked: 0, wrong: [] as string[] };
  let args: readonly string[] = ['exec', file];
  for (let round = 0; round < mostRounds; round++) {
    const engine = start(args, { cwd, env });
    if (found.kills < kills) {
      await Promise.race([sleep(random() * longestMs), engine.ended]);
      engine.kill('SIGKILL');
    }
    const last = await engine.ended;
    if (last.code === null) found.kills += 1;
    const status = await statusOf(ground);
    const over = status === null ? undefined : exitOf[status.state];
    if (over !== undefined) {
      found.wrong.push(...(await judge(ground, ends, over, last)));
      return found;
    }
    const asked = last.code === null ? null : await answer(ground, status);
    if (asked) found.asked += 1;
    args = asked ?? (status === null ? ['exec', file] : ['resume']);
  }
  const { stdout } = await runbook(['status'], { cwd, env });
  return { ...found, wrong: [`never ended after ${mostRounds} rounds:\n${stdout}`] };
};

interface Status {
  readonly state: string;
  readonly hold: { readonly cause: string; readonly step: string } | null;
}

/** Also of an engine that died after its run was over: nothing is left to resume then. */
const exitOf: { readonly [state: string]: 0 | 5 } = {
  succeeded: 0,
  'rolled back': 5,
  'ended, nothing undone': 5,
};

/** null: no run was made before the engine died. */
const statusOf = async (ground: OwnGround): Promise<Status | null> => {
  const { code, stdout } = await runbook(['status', '--json'], ground);
  return code === 0 ? (JSON.parse(stdout) as Status) : null;
};

/** null: nobody is asked. */
const answer = async (ground: OwnGround, status: Status | null): Promise<readonly string[] | null> => {
  const { cause, step } = status?.hold ?? {};
  if (cause !== 'unknown' || step === undefined) return null;
  const happened = ((await ground.effects()).get(step) ?? 0) > 0;
  return ['resume', happened ? '--done' : '--retry', step, '--reason', 'looked at the target'];
};

/** What is not as it has to be. */
const judge = async (
  ground: OwnGround,
  ends: 'good' | 'bad',
  code: 0 | 5,
  last: Ended,
): Promise<readonly string[]> => {
  const wrong: string[] = [];
  if (code !== (ends === 'good' ? 0 : 5)) wrong.push(`exit ${code}`);
  const did = ground.did();
  for (const [act, times] of await ground.effects()) {
    const lines = did.filter((line) => line.split(' ')[1] === act).map((line) => line.split(' ')[0]);
    const isCommand = [...acts.local, ...acts.ssh].some((id) => id === act);
    const all = ends === 'good' ? ['begin', 'end'] : ['begin', 'end', 'undo'];
    if (isCommand && lines.join() !== all.join()) wrong.push(`${act}: ${lines.join()}`);
    if (!isCommand && times !== (ends === 'good' ? 1 : 0)) wrong.push(`${act}: ${times} rows`);
  }
  return wrong.length > 0 ? [`${wrong.join('; ')}\n${last.stderr.slice(-2000)}`] : [];
};
