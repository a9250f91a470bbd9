/** The lab's long-running processes: started detached, recorded, waited for, ended. */
import { spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Identity } from './accounts.ts';
import { LabError } from './lab-error.ts';
import {
  descendantsOf,
  identify,
  isAlive,
  listensOn,
  type ProcessId,
  runningIn,
  startedWith,
} from './process-table.ts';

export interface ServerSpec {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly identity?: Identity | undefined;
  /** Its program (node) is run by others in the lab's folder too: the marker tells its processes apart. */
  readonly shared?: boolean;
  /** The signal that ends it without waiting for its clients. Default SIGTERM. */
  readonly stop?: NodeJS.Signals;
}

export interface Server extends ProcessId {
  readonly name: string;
  readonly port: number;
  readonly stop: NodeJS.Signals;
  /** As it was started; '' when others run it too. */
  readonly program: string;
}

/** Carried by every process that a session on the VPS starts, and by servers of a shared program, so that `down` finds what was left running. */
export const marker = 'RUNBOOK_LAB';

/** A server that ends is seen at once; one that is slow is on a busy machine. */
const readyMs = 100_000;
const graceMs = 5_000;
const pollMs = 15;

const recordDir = (dir: string): string => join(dir, 'servers');
const logFile = (dir: string, name: string): string => join(dir, 'log', `${name}.log`);

export const recorded = (dir: string): Server[] => {
  try {
    return readdirSync(recordDir(dir)).map((f) => JSON.parse(readFileSync(join(recordDir(dir), f), 'utf8')));
  } catch {
    return [];
  }
};

const record = (dir: string, server: Server): void => {
  mkdirSync(recordDir(dir), { recursive: true });
  writeFileSync(join(recordDir(dir), `${server.name}.json`), JSON.stringify(server));
};

const lastLogLines = (dir: string, name: string): string =>
  readFileSync(logFile(dir, name), 'utf8').trimEnd().split('\n').slice(-5).join('\n');

/** Resolves once the server itself listens on its port. */
export const startServer = async (dir: string, spec: ServerSpec): Promise<void> => {
  const log = openSync(logFile(dir, spec.name), 'a');
  const [file, ...args] = spec.argv;
  // Before it starts: a kill right after it leaves no unknown server.
  const planned = {
    name: spec.name,
    port: spec.port,
    stop: spec.stop ?? ('SIGTERM' as const),
    program: spec.shared ? '' : file,
  };
  record(dir, { ...planned, pid: 0, startTime: '', bootId: '' });
  const child = spawn(file, args, {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: dir,
    env: {
      PATH: process.env.PATH,
      LC_ALL: 'C.UTF-8',
      TZ: 'UTC',
      // Its name alone tells any process of a lab apart from one that left work behind (steps/_work/stray-work.ts).
      [marker]: spec.shared ? dir : spec.name,
      ...spec.env,
    },
    ...spec.identity,
  });
  child.on('error', () => {});
  child.unref();
  closeSync(log);
  const id = child.pid === undefined ? null : identify(child.pid);
  if (!id) throw dead(dir, spec.name);
  const server: Server = { ...planned, ...id };
  record(dir, server);
  await untilListening(dir, server);
};

const untilListening = async (dir: string, server: Server): Promise<void> => {
  for (const giveUp = Date.now() + readyMs; Date.now() < giveUp; await sleep(pollMs)) {
    if (!isAlive(server)) throw dead(dir, server.name);
    if (listensOn(server.pid, server.port)) return;
  }
  throw new LabError(
    `${server.name} does not listen on port ${server.port} after ${readyMs / 1000} s`,
    `Read ${logFile(dir, server.name)}`,
  );
};

const dead = (dir: string, name: string): LabError =>
  new LabError(`${name} ended while starting:\n${lastLogLines(dir, name)}`, `Read ${logFile(dir, name)}`);

/** All that runs because of the lab, whether its servers still live or were killed without their children. */
const processesOf = (dir: string): ProcessId[] => {
  const servers = recorded(dir);
  const living = servers.filter(isAlive);
  return [
    ...living,
    ...living.flatMap(({ pid }) => descendantsOf(pid)),
    ...servers.flatMap(({ program }) => runningIn(realpathSync(dir), resolved(program))),
    ...startedWith(marker, dir),
  ];
};

const resolved = (program: string): string => {
  try {
    return realpathSync(program);
  } catch {
    return program;
  }
};

/** A living server ends its own children, in its own order. Children of sshd and of a dead one are ended directly. */
const askToEnd = (dir: string, all: readonly ProcessId[]): void => {
  const living = recorded(dir).filter(isAlive);
  const cared = living.flatMap((s) => [
    s.pid,
    ...(s.name === 'sshd' ? [] : descendantsOf(s.pid).map(({ pid }) => pid)),
  ]);
  const alone = all.filter(({ pid }) => !cared.includes(pid));
  for (const server of living) signal(server, server.stop);
  for (const id of alone) signal(id, 'SIGTERM');
};

/** Ends every process of the lab and returns when they are gone; nothing but what is its own. False: there was none. */
export const endServers = async (dir: string): Promise<boolean> => {
  const all = processesOf(dir);
  askToEnd(dir, all);
  await untilGone(all, graceMs);
  // What refused, and what was started while the others ended.
  const rest = [...all.filter(isAlive), ...processesOf(dir)];
  for (const id of rest) signal(id, 'SIGKILL');
  if (!(await untilGone(rest, graceMs)))
    throw new LabError(
      `Still running: ${rest.filter(isAlive).map((id) => id.pid)}`,
      'End these processes by hand',
    );
  rmSync(recordDir(dir), { recursive: true, force: true });
  return all.length > 0;
};

const signal = (id: ProcessId, name: NodeJS.Signals): void => {
  try {
    if (isAlive(id)) process.kill(id.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

const untilGone = async (ids: readonly ProcessId[], limitMs: number): Promise<boolean> => {
  for (const giveUp = Date.now() + limitMs; Date.now() < giveUp; await sleep(pollMs))
    if (!ids.some(isAlive)) return true;
  return !ids.some(isAlive);
};
