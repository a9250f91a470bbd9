/**
 * The run's own time. It starts as the machine's clock and then follows the time since the machine booted, so that
 * a clock that is set, by hand or by NTP, moves neither T0 nor a wait nor a deadline.
 */
import type { RunState } from './state.ts';

/** Readings of the machine, at one moment. */
export interface Reading {
  /** Epoch ms: its clock, which may be set. */
  readonly wall: number;
  /** Which boot it is and how long ago it was, suspension included. null: not known here. */
  readonly boot: { readonly id: string; readonly upMs: number } | null;
}

export type RunClockState = Pick<RunState, 'lastAt' | 'clockOffMs' | 'booted'>;

/** Smaller changes are NTP corrections, and the resolution of two sources. */
export const stepFromMs = 2_000;

/** Never before the last event: time does not run backwards. */
export const runTime = ({ lastAt, clockOffMs, booted }: RunClockState, { wall, boot }: Reading): number => {
  if (booted && boot?.id === booted.id) return Math.max(lastAt, booted.at + boot.upMs);
  // After a reboot or on another machine it is unknown whether its clock is still off by as much, or was corrected:
  // the earlier of the two that is not before the journal's end loses the least of the time left.
  const possible = [wall, wall - clockOffMs].filter((at) => at >= lastAt);
  return possible.length > 0 ? Math.min(...possible) : lastAt;
};
