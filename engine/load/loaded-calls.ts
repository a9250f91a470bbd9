/** Every call of a step type in the file: what a reader of the plan needs to point at its place and to know its input. */
import type { PlanAct } from '../plan.ts';
import type { AnyStepType } from '../step.ts';
import type { CallSite } from './call.ts';

export interface LoadedCall {
  readonly act: PlanAct;
  readonly site: CallSite;
  readonly type: AnyStepType;
  /** As its schema gives it, with placeholder values for what only the run knows; null: no placeholder satisfies it. */
  readonly input: unknown;
}

export class LoadedCalls {
  readonly #all: LoadedCall[] = [];

  add(call: LoadedCall): void {
    this.#all.push(call);
  }

  /** In the order of the file. */
  get all(): readonly LoadedCall[] {
    return this.#all;
  }
}
