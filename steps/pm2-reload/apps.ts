/** What pm2 knows. Its list holds every app's secrets: it is read here, in memory, and never logged. */
import { stripVTControlCharacters } from 'node:util';
import * as z from 'zod';
import { type ActContext, parseForeignJson, StepFailed } from '../../engine/step.ts';
import { runScript } from '../_work/script.ts';
import type { Shell } from '../_work/shell.ts';
import { listScript, pm2Exits, processScript, savedScript } from './scripts.ts';

const record = z.looseObject({
  name: z.string(),
  pm_id: z.int(),
  pid: z.int().nullish(),
  pm2_env: z.looseObject({
    status: z.string(),
    restart_time: z.int().default(0),
    pm_cwd: z.string().default(''),
    pm_exec_path: z.string().default(''),
    pm_err_log_path: z.string().optional(),
    pm_uptime: z.number().default(0),
    env: z.record(z.string(), z.unknown()).default({}),
  }),
});

export interface App {
  readonly name: string;
  readonly id: number;
  /** 0: none at the moment. */
  readonly pid: number;
  readonly status: string;
  readonly restarts: number;
  readonly script: string;
  readonly errorLog: string | null;
  readonly startedAtMs: number;
  /** As pm2 would start it again. */
  readonly env: Readonly<Record<string, unknown>>;
}

/** pm2 does not answer: nothing has been changed. */
const noAnswer = (reason: string, missing = false): StepFailed =>
  new StepFailed(reason, {
    effect: 'none',
    retryable: !missing,
    remedy: missing ? 'Install pm2 there, or put it on the PATH of its sessions' : 'See `pm2 ping` there',
  });

const listBytes = 16 * 1024 * 1024;

/** pm2 colours what it complains of. */
export const plain = (complaint: string): string => stripVTControlCharacters(complaint).trim();

const parsed = (text: string): readonly App[] => {
  // Should a line of pm2's own precede it, the list is the last one.
  const line = text.trim().split('\n').at(-1) ?? '';
  let list: unknown;
  try {
    list = parseForeignJson(line);
  } catch {
    // Without the cause: it quotes what it could not read.
    throw noAnswer('the list of pm2 is no JSON');
  }
  const records = z.array(record).safeParse(list);
  if (!records.success) throw noAnswer('the list of pm2 is not of a known shape');
  return records.data.map(({ name, pm_id: id, pid, pm2_env: kept }) => ({
    name,
    id,
    pid: pid ?? 0,
    status: kept.status,
    restarts: kept.restart_time,
    script: kept.pm_exec_path,
    errorLog: kept.pm_err_log_path ?? null,
    startedAtMs: kept.pm_uptime,
    env: { ...kept, ...kept.env },
  }));
};

/** All apps, or those of these names. Starts no daemon. Throws StepFailed when it cannot be told. */
export const listApps = async (ctx: ActContext, names?: readonly string[]): Promise<readonly App[]> => {
  const shell = await ctx.connect('shell');
  const { code, lines, complaint } = await runScript(shell, listScript, [], {
    signal: ctx.signal,
    killGraceMs: ctx.killGraceMs,
    keepBytes: listBytes,
  });
  if (code !== 0) throw noAnswer(`${shell.place}: ${plain(complaint)}`, code === pm2Exits.noPm2);
  const apps = parsed(lines.join('\n'));
  return names === undefined ? apps : apps.filter(({ name }) => names.includes(name));
};

export const isAtWork = ({ status }: App): boolean => status === 'online' || status === 'launching';

export const pidsOf = (apps: readonly App[]): number[] =>
  apps
    .filter((app) => isAtWork(app) && app.pid > 0)
    .map(({ pid }) => pid)
    .sort((a, b) => a - b);

export interface Started {
  readonly cwd: string | null;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * A worker in cluster mode is forked with the variables of pm2's daemon and all that pm2 keeps of the app as JSON in
 * one of them, from which it sets its own before the app is loaded: the kernel goes on telling the first ones.
 */
const asItRuns = (env: Readonly<Record<string, string>>): Readonly<Record<string, string>> | null => {
  const { pm2_env: kept, ...own } = env;
  if (kept === undefined) return env;
  try {
    const set = z.record(z.string(), z.unknown()).parse(parseForeignJson(kept));
    return { ...own, ...Object.fromEntries(Object.entries(set).map(([key, value]) => [key, String(value)])) };
  } catch {
    return null;
  }
};

/** What the kernel says of a process; null where it says nothing (no /proc, or another user's). */
export const startedWith = async (ctx: ActContext, shell: Shell, pid: number): Promise<Started | null> => {
  const { exitCode, stdout, truncated } = await shell.exec(
    ['sh', '-c', processScript, 'runbook', String(pid)],
    { signal: ctx.signal, keepBytes: listBytes },
  );
  if (exitCode !== 0 || truncated) return null;
  const text = Buffer.from(stdout).toString();
  const cut = text.indexOf('\n');
  const pairs = text
    .slice(cut + 1)
    .split('\0')
    .filter((pair) => pair.includes('='))
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const);
  const env = asItRuns(Object.fromEntries(pairs));
  return env && { cwd: text.slice(0, cut) || null, env };
};

export interface SavedList {
  readonly names: ReadonlySet<string>;
  readonly atMs: number;
}

/** What `pm2 resurrect` would bring up after a reboot. */
export const savedList = async (ctx: ActContext): Promise<SavedList> => {
  const shell = await ctx.connect('shell');
  const { lines } = await runScript(shell, savedScript, [], { signal: ctx.signal, keepBytes: listBytes });
  const [seconds = '0', ...rest] = lines;
  try {
    const list = z.array(z.looseObject({ name: z.string() })).parse(parseForeignJson(rest.join('\n')));
    return { names: new Set(list.map(({ name }) => name)), atMs: Number(seconds) * 1000 };
  } catch {
    // None, or one that nobody could bring up: nothing is saved.
    return { names: new Set(), atMs: 0 };
  }
};
