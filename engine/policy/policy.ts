/** The policies of a team, loaded and checked. */
import type { Position } from '../diagnostic.ts';
import type { Level } from '../review/remark.ts';

export interface PolicyRule {
  /** Unique in its file. */
  readonly name: string;
  /** CEL over `plan` and `t0`: true where the plan keeps to the rule. */
  readonly that: string;
  /** CEL: the rule is for these plans only; null: for all. */
  readonly when: string | null;
  readonly message: string;
  readonly level: Level;
  /** T0 is known when a run starts, and not before. */
  readonly readsT0: { readonly that: boolean; readonly when: boolean };
  readonly position: Position;
}

export type LintLevel = 'off' | Level;

export interface LintSetting {
  readonly code: string;
  readonly level: LintLevel;
  readonly position: Position;
}

export interface Policy {
  /** As an operator in this folder would type it. */
  readonly file: string;
  /** `sha256:<hex>` of the file. */
  readonly digest: string;
  readonly rules: readonly PolicyRule[];
  readonly lint: readonly LintSetting[];
}
