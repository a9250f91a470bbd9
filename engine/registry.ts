import type { AnyStepType } from './step.ts';
import type { AnyTargetKind } from './target.ts';
import type { Teller } from './tell.ts';

/** What the composition root hands to load and run: the explicit lists of steps/index.ts. */
export interface Registry {
  readonly steps: ReadonlyMap<string, AnyStepType>;
  readonly targets: ReadonlyMap<string, AnyTargetKind>;
  /** Loaded by runs that tell somebody of them. */
  readonly tell?: () => Promise<Teller>;
}
