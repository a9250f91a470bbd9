/** What every part of a load shares. */
import type { Position } from '../diagnostic.ts';
import type { ExpressionChecker } from '../expr/check.ts';
import type { JsonObject, PlanTarget } from '../plan.ts';
import type { Registry } from '../registry.ts';
import type { LoadedCalls } from './loaded-calls.ts';
import type { NamedFiles } from './named-files.ts';
import type { Problems } from './problems.ts';
import type { ReadTexts } from './read-texts.ts';
import type { Defaults } from './schema/document.ts';
import type { Source } from './source.ts';
import type { StepIndex } from './step-index.ts';
import type { Evaluated } from './unevaluated.ts';

export interface LoadContext {
  readonly registry: Registry;
  readonly source: Source;
  readonly problems: Problems;
  readonly vars: JsonObject;
  readonly locals: JsonObject;
  /** Vars that may still get any value; empty where each must have one. */
  readonly undecided: ReadonlySet<string>;
  /** Locals that have no value for that reason, each with the vars that it waits for. */
  readonly undecidedLocals: ReadonlyMap<string, readonly string[]>;
  /** Vars without which a part of the runbook could not be read. */
  readonly needed: Set<string>;
  readonly evaluated: Evaluated;
  readonly checker: ExpressionChecker;
  readonly steps: StepIndex;
  readonly defaults: Defaults;
  /** Every declared target: null where its own declaration is wrong and already reported. */
  readonly targets: ReadonlyMap<string, { readonly type: string; readonly plan: PlanTarget | null }>;
  readonly approvers: readonly string[];
  readonly files: NamedFiles;
  readonly reads: ReadTexts;
  readonly calls: LoadedCalls;
}

/** A file that some value names. */
export interface NamedFile {
  readonly path: string;
  readonly position: Position;
}
