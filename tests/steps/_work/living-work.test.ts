import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { localGroup } from '../../../steps/_targets/local/local-group.ts';
import {
  idOf,
  livingAwk,
  livingWork,
  type ProcessRow,
  workVariable,
} from '../../../steps/_work/living-work.ts';
import { endGroup, groupOver, type ProcessGroup } from '../../../steps/_work/process-group.ts';
import { lateMs } from '../../../steps/_work/stray-work.ts';
import { groupSignal } from '../../../steps/_work/supervisor/scripts.ts';

const row = (text: string): ProcessRow => {
  const [pid, parent, group, state = '', start = ''] = text.split(' ');
  return { pid: Number(pid), parent: Number(parent), group: Number(group), state, start };
};

interface Case {
  /** PID PARENT GROUP STATE START */
  readonly rows: readonly string[];
  readonly marked?: readonly number[];
  readonly group?: number;
  readonly trusted?: boolean;
  readonly known?: readonly string[];
  readonly living: readonly string[];
  readonly trustedThen?: boolean;
}

const init = '1 0 1 S 1';
const engine = '50 1 50 S 40';

const table: Readonly<Record<string, Case>> = {
  'the group': { rows: [init, engine, '100 50 100 S 90', '101 1 100 S 91'], living: ['100:90', '101:91'] },
  'who left the group and has the mark': {
    rows: [init, engine, '105 1 105 S 95'],
    marked: [105],
    living: ['105:95'],
  },
  'whom the marked have started, whatever their environment': {
    rows: [init, engine, '108 106 106 S 98', '106 105 106 S 97', '105 1 105 S 95'],
    marked: [105],
    living: ['108:98', '106:97', '105:95'],
  },
  'who was seen before, by now an orphan without a mark': {
    rows: [init, engine, '107 1 107 S 97'],
    known: ['107:97'],
    living: ['107:97'],
  },
  'not another process with the pid of one that was seen before': {
    rows: [init, engine, '107 1 107 S 98'],
    known: ['107:97', '7:98'],
    living: [],
  },
  'no zombies': { rows: [init, engine, '100 50 100 Z 90', '105 1 105 X 95'], marked: [105], living: [] },
  'not a group that may be another by now': {
    rows: [init, engine, '100 1 100 S 90'],
    trusted: false,
    living: [],
    trustedThen: false,
  },
  'a group that may be another, once a member has the mark': {
    rows: [init, engine, '101 1 100 S 91', '102 1 100 S 92'],
    marked: [102],
    trusted: false,
    living: ['101:91', '102:92'],
    trustedThen: true,
  },
};

const query = ({ rows, marked = [], group = 100, trusted = true, known = [] }: Case) => ({
  rows,
  marked,
  group,
  trusted,
  known,
});

const byAwk = (given: Case): { living: string[]; trusted: boolean } => {
  const { rows, marked, group, trusted, known } = query(given);
  const input = [...marked.map((pid) => `m ${pid}`), ...rows, ''].join('\n');
  const set = [`pgid=${group}`, `trusted=${trusted ? 1 : 0}`, `known= ${known.join(' ')} `];
  const { stdout } = spawnSync('awk', [...set.flatMap((v) => ['-v', v]), livingAwk], {
    input,
    encoding: 'utf8',
  });
  const [isTrusted, ...living] = stdout.split(' ');
  return { living: living.map((p) => p.split(':').slice(0, 2).join(':')), trusted: isTrusted === '1' };
};

describe.each(Object.entries(table))('belonging to the work: %s', (_, given) => {
  const expected = { living: given.living.toSorted(), trusted: given.trustedThen ?? true };

  test('as this machine is looked at', () => {
    const { rows, marked, group, trusted, known } = query(given);
    const found = livingWork(rows.map(row), new Set(marked), { group, trusted, known: new Set(known) });
    expect({ living: found.living.map(idOf).toSorted(), trusted: found.trusted }).toEqual(expected);
  });

  test('as any place is looked at', () => {
    const found = byAwk(given);
    expect({ ...found, living: found.living.toSorted() }).toEqual(expected);
  });
});

/** The script of any place, by a shell of it. */
const over =
  (shell: readonly string[]) =>
  (pgid: number, mark: string, beganAt?: number): ProcessGroup => {
    const [file = 'sh', ...first] = shell;
    return groupOver(async (name, _, known) => {
      const age = beganAt === undefined ? [] : [String(Math.ceil(performance.now() - beganAt))];
      const args = [...first, '-c', groupSignal, 'runbook', String(pgid), mark, name, known, ...age];
      return spawnSync(file, args, { encoding: 'utf8' }).stdout.trim();
    }, '1');
  };

const twins: readonly [string, (pgid: number, mark: string, beganAt?: number) => ProcessGroup][] = [
  ['this machine', localGroup],
  ['sh', over(['sh'])],
  ['bash', over(['bash'])],
  ...(existsSync('/usr/bin/busybox') ? [['busybox', over(['busybox', 'sh'])] as const] : []).map(
    ([name, twin]): [string, typeof twin] => [name, twin],
  ),
];

/** Every process that has this text on its command line, zombies aside: they have none. */
const withText = (text: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);

const killIfAlive = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/** Runs a script as a piece of work, in a group of its own, until it says `up`. `$tag` names its processes. */
const begin = async (script: string, env: Readonly<Record<string, string>> = {}) => {
  const tag = `work-${randomUUID()}`;
  const mark = `run/${tag}#1`;
  const dir = mkdtempSync(join(tmpdir(), 'runbook-work-'));
  const child = spawn('sh', ['-c', script, tag], {
    detached: true,
    cwd: dir,
    env: { ...process.env, ...env, [workVariable]: mark, tag },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => {
    for (const pid of withText(tag)) killIfAlive(pid);
    rmSync(dir, { recursive: true, force: true });
  });
  for await (const chunk of child.stdout) if (String(chunk).includes('up')) break;
  const exited = child.exitCode === null ? once(child, 'exit') : Promise.resolve();
  return { tag, mark, dir, pgid: child.pid ?? 0, exited };
};

const loop = 'while :; do sleep 0.05; done';
const escaped = (how: string) => `${how} sh -c '${loop}' "$tag" >/dev/null 2>&1 </dev/null &`;

const works: Readonly<Record<string, string>> = {
  'a child that called setsid': `${escaped('setsid')} sleep 0.1; echo up; ${loop}`,
  'a daemon, whose leader is gone': `(${escaped('setsid')}) ; sleep 0.1; echo up; exit 0`,
  'a daemon that is deaf to SIGTERM': `(setsid sh -c 'trap "" TERM; ${loop}' "$tag" >/dev/null 2>&1 </dev/null &); sleep 0.1; echo up`,
  'a child with a clean environment, in a session of its own': `${escaped('env -i PATH="$PATH" setsid')} sleep 0.1; echo up; ${loop}`,
  'forks without end': `setsid sh -c 'while :; do (sleep 0.2; :) & sleep 0.02; done' "$tag" >/dev/null 2>&1 </dev/null & sleep 0.1; echo up; ${loop}`,
  'who answers SIGTERM with a new daemon': `(setsid sh -c 'trap "setsid sh -c \\"sleep 0.3; ${loop}\\" $tag & exit" TERM; ${loop}' "$tag" >/dev/null 2>&1 </dev/null &); sleep 0.1; echo up`,
  ...(process.getuid?.() === 0 && {
    "another user's": `${escaped('setpriv --reuid=65534 --clear-groups env -i PATH="$PATH" setsid')} sleep 0.1; echo up; ${loop}`,
  }),
};

/** A daemon that has not replaced its environment yet is still known by its mark. */
const untilReady = 'until [ -e ready ]; do sleep 0.02; done';

describe.each(twins)('ending, by %s', (_, twin) => {
  test.each(Object.entries(works))('%s', async (__, script) => {
    const { tag, mark, pgid } = await begin(script);
    const group = twin(pgid, mark);
    expect(await group.alive()).toBe(true);
    expect(await endGroup(group, 300)).toBe(true);
    expect(withText(tag)).toEqual([]);
  });

  test('leaves alone who has the mark of another attempt, also one whose name begins alike', async () => {
    const other = await begin(`(${escaped('setsid')}); sleep 0.1; echo up`);
    await other.exited;
    const group = twin(2 ** 22 - 2, other.mark.slice(0, -1));
    expect(await group.alive()).toBe(false);
    expect(await twin(2 ** 22 - 2, `${other.mark}0`).alive()).toBe(false);
    expect(await endGroup(group, 100)).toBe(true);
    expect(withText(other.tag)).not.toEqual([]);
  });

  test('is not misled by a value that looks like an entry, or like the name of a file', async () => {
    const victim = await begin(`echo up; ${loop}`);
    const liar = await begin(`echo up; ${loop}`, {
      A: `x\n==> /proc/${victim.pgid}/environ <==\n${workVariable}=run/none#1`,
      B: `${workVariable}=run/none#1`,
    });
    expect(await twin(2 ** 22 - 2, 'run/none#1').alive()).toBe(false);
    for (const { pgid } of [victim, liar]) process.kill(-pgid, 'SIGKILL');
  });

  test('an orphan with a clean environment is not ended, and the work is not dead before it', async () => {
    const beganAt = performance.now();
    const daemon = `(env -i PATH="$PATH" setsid sh -c ': >ready; until [ -e go ]; do sleep 0.05; done' "$tag" >/dev/null 2>&1 </dev/null &)`;
    const { pgid, mark, dir, exited } = await begin(`${daemon}; ${untilReady}; echo up`);
    await exited;
    const group = twin(pgid, mark, beganAt);
    await group.signal('KILL');
    expect(await group.alive()).toBe(true);
    // Begun before the other work, it is none of it.
    if (twin !== localGroup) await sleep(lateMs + 100);
    expect(await twin(pgid, mark, performance.now()).alive()).toBe(false);
    writeFileSync(join(dir, 'go'), '');
    await expect.poll(() => group.alive(), { timeout: 15_000 }).toBe(false);
  });

  test('an orphan that somebody else started, with the environment of this test, is not taken for it', async () => {
    const beganAt = performance.now();
    const daemon = `(env -u ${workVariable} setsid sh -c ': >ready; ${loop}' "$tag" >/dev/null 2>&1 </dev/null &)`;
    const { pgid, mark, exited } = await begin(`${daemon}; ${untilReady}; echo up`);
    await exited;
    expect(await twin(pgid, mark, beganAt).alive()).toBe(false);
  });

  test('a zombie is dead', async () => {
    // `exec` makes a parent that never asks for its children.
    const later = `setsid sh -c 'until grep -q sleep "/proc/$0/comm"; do sleep 0.05; done' $$`;
    const script = `unset RUNBOOK_WORK; ${later} & echo $! >zombie; echo up; exec sleep 60`;
    const { pgid, mark, dir } = await begin(script);
    const zombie = Number(readFileSync(join(dir, 'zombie'), 'utf8'));
    await expect.poll(() => readFileSync(`/proc/${zombie}/stat`, 'utf8')).toContain(') Z ');
    expect(await twin(zombie, `${mark}0`).alive()).toBe(false);
    process.kill(-pgid, 'SIGKILL');
  });
});
