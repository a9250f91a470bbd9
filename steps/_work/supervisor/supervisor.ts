/**
 * Work that outlives the engine and its connection. A small shell process at the place runs the command
 * and keeps what a later session needs, in a folder of its own (0700):
 *
 *   pid   who supervises it; created exclusively, which is what claims the attempt
 *   out   err   the output, followed by offset
 *   exit  the exit code and how many milliseconds it took; its newline commits it
 *   ended written before work is ended on purpose: its exit code then tells nothing of its task
 *   proven written once all processes of the ended work were seen dead
 *
 * Beside it, on the engine's own machine, `<job>.on.<boot>` is made durable before the work starts.
 * The run's folder around it holds `marker`, made before all else: without it a missing job proves nothing.
 *
 * Output may hold what the command printed of its secrets: only the place's user can read it, and `forget`
 * removes it once the run has settled.
 */

import { actFileName } from '../../../engine/step.ts';
import type { Gap } from '../output-limits.ts';

/** One attempt of one act, or a part of it. */
export interface Job {
  readonly runId: string;
  readonly act: string;
  readonly attempt: number;
  /** Where an attempt is done in several pieces of work: which of them. Letters, digits and `-`. */
  readonly part?: string;
}

export interface Work {
  readonly argv: readonly [string, ...string[]];
  /** Over stdin to a remote place; never on argv or disk. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /**
   * Text of at most 1 MiB without NUL bytes: it is taken over whole before the command starts, since a pipe
   * from the engine would break with it.
   */
  readonly stdin?: string;
}

export const longestStdin = 1024 * 1024;

export type JobState =
  /** Never started, and from now on it cannot start: the place is told to refuse it. */
  | { readonly state: 'absent' }
  /** Its folder is gone together with the run's marker, or is another one: it may be at work all the same. */
  | { readonly state: 'lost' }
  | { readonly state: 'alive' }
  /** `tookMs`: of the work itself, by a clock of its place; null: an older engine has started it. */
  | { readonly state: 'exited'; readonly exitCode: number; readonly tookMs: number | null }
  /** Ended on purpose before it was done. */
  | { readonly state: 'ended' }
  /** Its supervisor is gone, and its work is not: it can be ended, but its exit code will never be known. */
  | { readonly state: 'orphaned'; readonly pids: readonly number[] }
  /** Ended on purpose, but these processes may belong to it: see stray-work.ts. They are not ended. */
  | { readonly state: 'stray'; readonly pids: readonly number[] }
  /** Started, gone, and it left no exit code: a reboot, or something killed its supervisor. */
  | { readonly state: 'gone' };

export interface Follower {
  readonly signal?: AbortSignal;
  onStdout(chunk: Uint8Array): void;
  onStderr(chunk: Uint8Array): void;
  /** It prints faster than its output can be copied: a part is left out. See Gap. */
  onGap?(gap: Gap): void;
  /** The place cannot be reached and is being tried again; told once for each break. */
  onLost?(why: string): void;
}

/** `uncopied`: of the output, and the folder that has all of it (`PLACE:FOLDER`). */
export type Ending = Extract<
  JobState,
  { state: 'exited' | 'ended' | 'orphaned' | 'stray' | 'gone' | 'lost' }
> & { readonly uncopied?: Uncopied };

export interface Uncopied {
  readonly bytes: number;
  readonly at: string;
  /** Its last bytes are among them. */
  readonly end: boolean;
}

export interface Supervisor {
  /**
   * Starts the work; where this attempt was started before, leaves it as it is, whatever state it is in.
   * Throws TargetError when nothing was started, ConnectionLost when that is not known: calling again is safe.
   */
  start(job: Job, work: Work): Promise<void>;
  /**
   * The output from the beginning, then how it ended. Rides out lost connections. When the signal fires, it is looked
   * at once more: what has ended is told as it ended, with the end of its output; else `signal.reason` is thrown.
   */
  follow(job: Job, follower: Follower): Promise<Ending>;
  /** What is known of it; an absent job is barred from starting later. */
  look(job: Job): Promise<JobState>;
  /** Whether it was started; nothing is barred by asking. */
  isClaimed(job: Job): Promise<boolean>;
  /** SIGTERM, grace, SIGKILL to all its processes; false: could not be proven dead. */
  end(job: Job, killGraceMs: number): Promise<boolean>;
  /** Removes the files of a settled run. */
  forget(runId: string): Promise<void>;
}

/** What the folders of an act begin with, in the folder of its run: `step/do/0` is `step.do.0`. */
export const actFolder = actFileName;

/** A folder name: `step/do/0` and 2 are `step.do.0#2`; its part `save` is `step.do.0.save#2`. */
export const jobFolder = ({ runId, act, attempt, part }: Job): string =>
  `${runId}/${actFolder(act)}${part === undefined ? '' : `.${part}`}#${attempt}`;
