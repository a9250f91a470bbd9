import type { OwnLab } from './own-lab.ts';

/** What a measurement says. Goals are those of the product, not of a test: a miss is reported, never failed. */
export interface Finding {
  readonly what: string;
  /** As shown: `1.32 ms a step`. */
  readonly measured: string;
  /** What it is held against, measured in the same run; null: against a plain number. */
  readonly baseline: string | null;
  readonly value: number;
  /** At most; null: there is none, the number is only told. */
  readonly goal: number | null;
  /** Of `value` and `goal`: `x` is a ratio. */
  readonly unit: 'x' | 'ms' | 'MB' | 'rows/s';
}

/** null: there is no goal. */
export const isMet = ({ value, goal }: Finding): boolean | null => (goal === null ? null : value <= goal);

/** A place of its own, gone afterwards; on the disk that runs are usually kept on. */
export interface Bench {
  /** Absolute. */
  readonly dir: string;
  /** The command as it is published, bundled for this run. */
  readonly runbook: string;
  /** A program of tests/bench/children, bundled as the product is. */
  child(name: string): string;
  /** A running lab. @param trades so many are seeded; default: the lab's own size. Throws LabError. */
  openLab(trades?: number): Promise<OwnLab>;
  readonly sizes: Sizes;
}

/** How large, and how often: 0 rounds (`startUps`, `comparisons` and `migrations` too) are a turn that only shows that it works. */
export interface Sizes {
  readonly startUps: number;
  readonly rounds: number;
  readonly commands: number;
  readonly noOpSteps: number;
  /** Each step of the resumed journal left ten events. */
  readonly resumedSteps: number;
  /** Of the largest validated runbook; it is also measured at a half and a quarter. */
  readonly validatedSteps: number;
  /** Each of them may go wrong in ten ways. */
  readonly faultySteps: number;
  /** Of the table that is compared and dumped. */
  readonly comparedRows: number;
  readonly comparisons: number;
  /** Seeded for the ETL, which copies about two and a half rows a trade. */
  readonly migratedTrades: number;
  readonly migrations: number;
  /** Served by a ledger. */
  readonly recipients: number;
  /** On a ledger that is only opened. */
  readonly longList: number;
}

export type Measurement = (bench: Bench) => Promise<readonly Finding[]>;
