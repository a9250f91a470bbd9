/** What happens to the lock of a run. */
import type { Masked } from './masked.ts';

/** Whose lock it is: as its place says. */
export interface LockHolder {
  readonly run: Masked;
  readonly runbook: Masked;
  readonly environment?: Masked;
  readonly user: Masked;
  readonly host: Masked;
  readonly reason?: Masked;
  /** Epoch ms, by the clock of whoever took it. */
  readonly since: number;
}

export type LockEvent =
  /** `token`: of this session; higher than all before it. `from`: whose it was, and who gave no sign of life in time. */
  | {
      type: 'lock-taken';
      lock: string;
      place: string;
      token: number;
      ttlMs: number;
      from?: LockHolder;
    }
  | {
      type: 'lock-refused';
      lock: string;
      place: string;
      why: Masked;
      remedy?: Masked;
      holder?: LockHolder;
    }
  | { type: 'lock-lost'; lock: string; why: Masked; remedy?: Masked }
  /** `by`: by hand. `left`: it could not be, and why. */
  | {
      type: 'lock-given-back';
      lock: string;
      place: string;
      by?: string;
      reason?: Masked;
      left?: Masked;
    };
