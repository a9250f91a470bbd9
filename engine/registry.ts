import type { AnyStepType } from './step.ts';
import type { AnyTargetKind } from './target.ts';
import type { Teller } from './tell.ts';

/** What the composition root hands to load and run: the explicit lists of steps/index.ts. */
export interface Registry {
  readonly steps: ReadonlyMap<string, AnyStepType>;
  /** Own types of a runbook that could not be loaded: what is wrong is told where they are declared, once. */
  readonly unloaded?: ReadonlySet<string>;
  /** Own types that are modules, where their code is not run: what a step of them does is not known. */
  readonly unrun?: ReadonlySet<string>;
  readonly targets: ReadonlyMap<string, AnyTargetKind>;
  /** Loaded by runs that tell somebody of them. */
  readonly tell?: () => Promise<Teller>;
}
