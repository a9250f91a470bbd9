/**
 * Supervision on this machine: the same shell process and files as anywhere, but started as a child and
 * read as files, which spares a process for every look.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, fstatSync, fsyncSync, openSync, readFileSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { workVariable } from '../../_work/living-work.ts';
import type { Shell } from '../../_work/shell.ts';
import type { Part } from '../../_work/supervisor/copied-stream.ts';
import { followBy, type Peek } from '../../_work/supervisor/follow.ts';
import { accept, sealed, stateFailure, superviseOver } from '../../_work/supervisor/over-exec.ts';
import { superviseHere } from '../../_work/supervisor/scripts.ts';
import { type Job, type JobState, jobFolder, type Supervisor } from '../../_work/supervisor/supervisor.ts';
import { makeFolders } from './make-folder.ts';

const chunkBytes = 256 * 1024;

/** What to do where the state folder of this machine cannot be written. */
export const noHome = 'Set HOME or XDG_STATE_HOME to a folder that this user can write.';

export const localSupervisor = (place: string, exec: Shell['exec'], stateDir: string): Supervisor => {
  const over = superviseOver({ place, exec, stateDir });
  /** Supervisors that are children of this engine, until they end. */
  const children = new Map<string, Promise<unknown>>();
  const folder = (job: Job) => join(stateDir, jobFolder(job));

  const peek =
    (job: Job): Peek =>
    async (outFrom, errFrom) => {
      const state = children.has(folder(job)) ? ({ state: 'alive' } as const) : await verdict(job);
      const out = readFrom(join(folder(job), 'out'), outFrom);
      const err = readFrom(join(folder(job), 'err'), errFrom);
      return { job: state, out, err, at: `${place}:${folder(job)}` };
    };

  /** Only work of another engine, or work that left no exit code, needs a look at processes. */
  const verdict = async (job: Job): Promise<JobState> => {
    const exit = readOrNull(join(folder(job), 'exit'));
    const ended = existsSync(join(folder(job), 'ended'));
    if (!exit?.endsWith('\n') || ended) return over.look(job);
    const [exitCode, took] = exit.trim().split(' ');
    return { state: 'exited', exitCode: Number(exitCode), tookMs: took ? Number(took) : null };
  };

  return {
    ...over,
    async start(job, work) {
      const dir = folder(job);
      if (existsSync(join(dir, 'pid'))) return;
      claim(place, dir);
      const { token, stdin } = sealed(place, work);
      const umask = process.umask().toString(8);
      const at = [stateDir, jobFolder(job)];
      const args = ['-c', superviseHere, 'runbook', umask, '', ...at, work.cwd ?? '', token, ...work.argv];
      const child = spawn('/bin/sh', args, {
        detached: true,
        // A mark of its own, else the supervisor of a dead engine would look like a stray of another work.
        env: { ...process.env, ...work.env, [workVariable]: 'supervisor' },
        stdio: [token ? 'pipe' : 'ignore', 'pipe', 'ignore'],
      });
      child.unref();
      const exited = once(child, 'exit').finally(() => children.delete(dir));
      children.set(dir, exited);
      exited.catch(() => undefined);
      // A refusal closes the pipe before it has read: the answer tells why.
      child.stdin?.on('error', () => undefined).end(stdin);
      accept(place, work, child.stdout ? await text(child.stdout) : '');
    },
    follow: (job, follower) =>
      followBy(
        peek(job),
        follower,
        children.get(folder(job))?.then(() => turn()),
      ),
  };
};

/**
 * Durable before the work starts: after a power cut a job without a pid must not look like one that never started.
 * Here, because another process for it would cost more than all the rest. Without a boot id the script does it.
 */
const claim = (place: string, dir: string): void => {
  try {
    makeFolders(dir);
    const boot = readOrNull('/proc/sys/kernel/random/boot_id')?.trim();
    if (!boot) return;
    closeSync(openSync(`${dir}.on.${boot}`, 'w', 0o600));
    const run = openSync(dirname(dir), 'r');
    fsyncSync(run);
    closeSync(run);
  } catch (error) {
    throw stateFailure(place, (error as Error).message, noHome);
  }
};

const nothing = new Uint8Array();

const readFrom = (path: string, offset: number): Part => {
  const file = openOrNull(path);
  if (file === null) return { bytes: nothing, size: offset };
  try {
    const { size } = fstatSync(file);
    // Most looks find nothing new: a chunk for each would be most of the engine's garbage.
    const wanted = Math.min(chunkBytes, size - offset);
    if (wanted <= 0) return { bytes: nothing, size: offset };
    const buffer = Buffer.allocUnsafe(wanted);
    return { bytes: buffer.subarray(0, readSync(file, buffer, 0, wanted, offset)), size };
  } finally {
    closeSync(file);
  }
};

const openOrNull = (path: string): number | null => {
  try {
    return openSync(path, 'r');
  } catch {
    return null;
  }
};

const readOrNull = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};
