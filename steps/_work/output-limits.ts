/**
 * How much of an output is copied. What happened is never judged by it: a command that prints faster than it can be
 * copied has its end copied, and it is said how much is missing.
 */

const KiB = 1024;

export const outputLimits = {
  /** So far may a copy be behind; then it goes on with the last `tail` bytes. */
  behind: 4 * 1024 * KiB,
  tail: 1024 * KiB,
  /** Once the work has ended and its time is up. More than a step keeps for its output. */
  lastTail: 96 * KiB,
  /** In front of what follows a gap: a masker has to see it, or a secret that the gap cuts in two would be shown. */
  lead: 16 * KiB,
  /** For copying what is left once the work has ended, and for its last bytes after that. */
  afterEndMs: 10_000,
  hurryMs: 5_000,
} as const;

export type Stream = 'stdout' | 'stderr';

export interface Gap {
  readonly stream: Stream;
  /** How many bytes are left out. */
  readonly bytes: number;
  /** What stands right before that which follows: for a masker only. */
  readonly before: Uint8Array;
}
