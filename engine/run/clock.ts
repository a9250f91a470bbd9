import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { type Reading, type RunClockState, runTime } from '../decide/run-time.ts';
import type { Clock } from './options.ts';

/** The sources of time of a machine. */
export interface Machine {
  /** Epoch ms; it may be set. */
  wall(): number;
  /** Ms since some moment; it cannot be set, and may stop while the machine is suspended. */
  monotonic(): number;
  /** Since the machine booted, suspension included, in steps of 10 ms. null: not available here. */
  boot(): Reading['boot'];
  /** On the monotonic clock. Resolves early, without throwing, when the signal fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** setTimeout overflows beyond 2^31-1 ms and would fire at once. */
const longest = 2 ** 31 - 1;

let bootId: string | null | undefined;

/**
 * Only Linux has one in every container too. Elsewhere the time since boot is computed from the clock that may be set
 * (macOS), and the monotonic clock has to do.
 */
const readBootId = (): string | null => {
  if (process.platform !== 'linux') return null;
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() || null;
  } catch {
    return null;
  }
};

export const thisMachine: Machine = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  boot() {
    bootId ??= readBootId();
    return bootId === null ? null : { id: bootId, upMs: Math.round(uptime() * 1000) };
  },
  // Not node:timers/promises: each act's time limit is a sleep that is cut short, and its error would cost
  // more than the journal's fsync.
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, Math.min(Math.max(0, ms), longest));
      signal?.addEventListener('abort', end, { once: true });
    }),
};

/** If the time since boot is ahead of the monotonic clock by this much, the machine was suspended. */
const suspendedFromMs = 1_000;
const lookEveryMs = 500;

/** The run's time continues from the journal, whatever the machine's clock shows. */
export const startClock = (state: RunClockState, machine: Machine = thisMachine): Clock => {
  const start = { at: runTime(state, readingOf(machine)), monotonic: machine.monotonic() };
  const ahead = (monotonic: number): number => (machine.boot()?.upMs ?? monotonic) - monotonic;
  const aheadAtStart = ahead(start.monotonic);
  let suspendedMs = 0;
  let lookedAt = start.monotonic;
  return {
    now() {
      const monotonic = machine.monotonic();
      if (monotonic - lookedAt >= lookEveryMs) {
        lookedAt = monotonic;
        const gained = ahead(monotonic) - aheadAtStart;
        if (gained - suspendedMs >= suspendedFromMs) suspendedMs = gained;
      }
      return Math.floor(start.at + (monotonic - start.monotonic) + suspendedMs);
    },
    sleep: machine.sleep,
    machine,
  };
};

export const readingOf = (machine: Pick<Machine, 'wall' | 'boot'>): Reading => ({
  wall: machine.wall(),
  boot: machine.boot(),
});

/** Of a process that takes up no run. */
export const systemClock: Clock = startClock({ lastAt: 0, clockOffMs: 0, booted: null });
