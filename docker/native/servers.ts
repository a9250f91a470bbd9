/** The lab's long-running processes: started detached, recorded, waited for, ended. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Identity } from './accounts.ts';
import { LabError } from './lab-error.ts';
import { descendantsOf, identify, isAlive, listensOn, type ProcessId, startedWith } from './process-table.ts';

export interface ServerSpec {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly identity?: Identity | undefined;
  /** The signal that ends it without waiting for its clients. Default SIGTERM. */
  readonly stop?: NodeJS.Signals;
}

export interface Server extends ProcessId {
  readonly name: string;
  readonly port: number;
  readonly stop: NodeJS.Signals;
}

/** Carried by every process that a session on the VPS starts, so that `down` finds what was left running. */
export const marker = 'RUNBOOK_LAB';

const readyMs = 20_000;
const graceMs = 5_000;
const pollMs = 15;

const recordDir = (dir: string): string => join(dir, 'servers');
export const logFile = (dir: string, name: string): string => join(dir, 'log', `${name}.log`);

export const recorded = (dir: string): Server[] => {
  try {
    return readdirSync(recordDir(dir)).map((f) => JSON.parse(readFileSync(join(recordDir(dir), f), 'utf8')));
  } catch {
    return [];
  }
};

export const lastLogLines = (dir: string, name: string): string =>
  readFileSync(logFile(dir, name), 'utf8').trimEnd().split('\n').slice(-5).join('\n');

/** Resolves once the server itself listens on its port. */
export const startServer = async (dir: string, spec: ServerSpec): Promise<void> => {
  const log = openSync(logFile(dir, spec.name), 'a');
  const [file, ...args] = spec.argv;
  const child = spawn(file, args, {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: dir,
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TZ: 'UTC', ...spec.env },
    ...spec.identity,
  });
  child.on('error', () => {});
  child.unref();
  closeSync(log);
  const id = child.pid === undefined ? null : identify(child.pid);
  if (!id) throw dead(dir, spec.name);
  const server: Server = { name: spec.name, port: spec.port, stop: spec.stop ?? 'SIGTERM', ...id };
  mkdirSync(recordDir(dir), { recursive: true });
  writeFileSync(join(recordDir(dir), `${spec.name}.json`), JSON.stringify(server));
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

/** Ends every process of the lab and returns when they are gone; nothing but what was recorded or marked. */
export const endServers = async (dir: string): Promise<void> => {
  const servers = recorded(dir).filter(isAlive);
  const sessions = servers.filter((s) => s.name === 'sshd').flatMap((s) => descendantsOf(s.pid));
  const marked = startedWith(marker, dir);
  const children = servers.flatMap((s) => descendantsOf(s.pid));
  for (const server of servers) signal(server, server.stop);
  for (const id of [...sessions, ...marked]) signal(id, 'SIGTERM');
  const all = [...servers, ...sessions, ...marked, ...children];
  if (!(await untilGone(all, graceMs))) {
    for (const id of [...all, ...startedWith(marker, dir)]) signal(id, 'SIGKILL');
    if (!(await untilGone(all, graceMs)))
      throw new LabError(
        `Still running: ${all.filter(isAlive).map((id) => id.pid)}`,
        'End these processes by hand',
      );
  }
  rmSync(recordDir(dir), { recursive: true, force: true });
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
