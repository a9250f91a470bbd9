/** Position of each step, known before any is checked. */

import { coreOutputOf } from '../expr/core-outputs.ts';
import { ensuredBy } from '../expr/guards.ts';
import { type Path, schemaOf } from '../expr/json-schema.ts';
import type { StepNames } from '../expr/step-chain.ts';
import type { Json } from '../plan.ts';
import type { Registry } from '../registry.ts';
import { parseOffset } from './duration.ts';
import type { LeftOutStep } from './expand/left-out.ts';
import { isMap } from './is-map.ts';
import { isCore } from './schema/steps.ts';
import { bareCondition, isOfVars } from './when-text.ts';

export interface IndexedStep {
  readonly id: string;
  readonly type: string;
  readonly path: Path;
  /** Of its entry in the list; siblings of a parallel block share it. */
  readonly entry: number;
  /** Why it may be skipped; null: it runs if it comes to it. */
  readonly conditional: string | null;
  /** Why it may have no output although the run has gone on without it; null: it surely has one. */
  readonly mayNotRun: string | null;
  /** Steps that have run if this one runs: its own `when` says so. */
  readonly ensures: ReadonlySet<string>;
  /** Of its branch of a parallel block, and its place in that. null: it is in none. */
  readonly lane: { readonly branch: number; readonly at: number } | null;
  /** ms from T0; null: none of its own, or one that cannot be read yet. */
  readonly atMs: number | null;
  /** When a watch in the background ends, ms from T0. null: not in the background; NaN: not known yet. */
  readonly untilMs: number | null;
}

/** Whose expressions read: what a step's act sees, its verify, its undo, or its own `when`. */
export type Reader = 'act' | 'verify' | 'undo' | 'when';

const offsetOf = (value: Json | undefined): number | null => {
  const parsed = typeof value === 'string' ? parseOffset(value) : null;
  return parsed?.ok ? parsed.ms : null;
};

const NONE: ReadonlySet<string> = new Set();

export class StepIndex implements StepNames {
  readonly #byId = new Map<string, IndexedStep>();
  readonly #registry: Registry;
  #ids: readonly string[] = [];

  /** `entries`: the list as written, not yet judged. */
  constructor(
    entries: readonly Json[],
    registry: Registry,
    defaultOnFailure: string,
    leftOut: readonly LeftOutStep[] = [],
  ) {
    this.#registry = registry;
    for (const [entry, value] of entries.entries()) {
      if (!isMap(value)) continue;
      if (Array.isArray(value.parallel))
        value.parallel.forEach((branch: Json, i) => {
          const path = ['steps', entry, 'parallel', i];
          const chain =
            isMap(branch) && Array.isArray(branch.group) ? (branch.group as readonly Json[]) : null;
          if (chain === null) this.#add(branch, path, entry, defaultOnFailure, { branch: i, at: 0 });
          chain?.forEach((s, at) => {
            this.#add(s, [...path, 'group', at], entry, defaultOnFailure, { branch: i, at });
          });
        });
      else this.#add(value, ['steps', entry], entry, defaultOnFailure, null);
      // As written, before the expansion: an editor names the steps of a group, too.
      this.#addGroup(value.group, ['steps', entry, 'group'], entry, defaultOnFailure);
    }
    for (const step of leftOut) this.#addLeftOut(step);
    this.#ids = [...this.#byId.keys()];
  }

  #add(value: Json, path: Path, entry: number, defaultOnFailure: string, lane: IndexedStep['lane']): void {
    if (!isMap(value) || typeof value.id !== 'string' || this.#byId.has(value.id)) return;
    const type = typeof value.type === 'string' ? value.type : '';
    const when = typeof value.when === 'string' ? value.when : null;
    const mayFail = (value.on_failure ?? defaultOnFailure) === 'continue' && !isCore(type);
    const conditional = when === null || isOfVars(when) ? null : 'it has a `when`, which may be false';
    const mayNotRun =
      conditional ?? (mayFail ? 'it may have failed, since its `on_failure` is continue' : null);
    const ensures = when === null ? NONE : ensuredBy(bareCondition(when).expr);
    const atMs = offsetOf(value.at);
    const background = type === 'watch' && isMap(value.background) ? value.background : null;
    const untilMs = background && (offsetOf(background.until) ?? Number.NaN);
    this.#byId.set(value.id, {
      id: value.id,
      type,
      path,
      entry,
      lane,
      conditional,
      mayNotRun,
      ensures,
      atMs,
      untilMs,
    });
  }

  #addGroup(steps: Json | undefined, path: Path, entry: number, defaultOnFailure: string): void {
    if (!Array.isArray(steps)) return;
    for (const [i, step] of steps.entries()) {
      this.#add(step, [...path, i], entry, defaultOnFailure, { branch: -1, at: i });
      if (isMap(step)) this.#addGroup(step.group, [...path, i, 'group'], entry, defaultOnFailure);
    }
  }

  /** Of the chain that it would be in, or between two entries of the list. */
  #addLeftOut({ id, type, after, inLane }: LeftOutStep): void {
    if (this.#byId.has(id)) return;
    const before = after === null ? -1 : (this.#byId.get(after)?.entry ?? -1);
    const entry = inLane ? before - 0.5 : before + 0.5;
    const why = 'it is left out, since its `when` is false with these vars';
    const never = { lane: null, ensures: NONE, atMs: null, untilMs: null };
    this.#byId.set(id, { id, type, path: ['steps'], entry, conditional: why, mayNotRun: why, ...never });
  }

  ids(): readonly string[] {
    return this.#ids;
  }

  find(id: string): IndexedStep | undefined {
    return this.#byId.get(id);
  }

  get(id: string): ReturnType<StepNames['get']> {
    const step = this.#byId.get(id);
    if (!step) return null;
    const type = this.#registry.steps.get(step.type);
    if (type)
      return { type: step.type, output: schemaOf(type.output, 'output'), sensitive: type.sensitive ?? [] };
    const core = coreOutputOf(step.type);
    if (core) return { type: step.type, output: schemaOf(core, 'output'), sensitive: [] };
    // An unknown type is reported at its own position; readers of its output get no second error.
    return { type: step.type, output: isCore(step.type) ? null : {}, sensitive: [] };
  }

  /** The latest planned start up to this entry of the list: what follows it does not start earlier. */
  plannedBy(entry: number): number | null {
    const planned = [...this.#byId.values()].flatMap((step) =>
      step.entry <= entry ? (step.atMs ?? []) : [],
    );
    return planned.reduce<number | null>((latest, atMs) => Math.max(latest ?? atMs, atMs), null);
  }

  /** A watch in the background is surely over for what is planned for its end or later: that waits for it. */
  isOverBy({ untilMs }: IndexedStep, by: { readonly id: string | null; readonly entry: number }): boolean {
    if (untilMs === null) return true;
    const own = by.id === null ? null : (this.#byId.get(by.id)?.atMs ?? null);
    // A sibling of a parallel block may be planned later than this one.
    const planned = own ?? this.plannedBy(by.entry - 1);
    return planned !== null && planned >= untilMs;
  }

  #isEarlierInLane({ lane }: IndexedStep, by: string | null): boolean {
    const own = by === null ? null : (this.#byId.get(by)?.lane ?? null);
    return lane !== null && own !== null && lane.branch === own.branch && lane.at < own.at;
  }

  /** Why the step `by` (in the list at `entry`) can't be sure that `id` has run; null: it can, or that says it. */
  mayNotRun(id: string, by: string | null, reader: Reader): string | null {
    const step = this.#byId.get(id);
    if (!step || step.id === by || step.mayNotRun === null) return null;
    const ensured = by !== null && reader !== 'when' && this.#byId.get(by)?.ensures.has(id);
    return ensured ? null : step.mayNotRun;
  }

  /** Why `reader` of the step `by` (in the list at `entry`) can't be sure that `id` has ended; null: it can. */
  doubt(
    id: string,
    by: { readonly id: string | null; readonly entry: number },
    reader: Reader,
  ): string | null {
    const step = this.#byId.get(id);
    if (!step) return null;
    if (step.id === by.id) return reader === 'verify' ? null : 'it is the step itself';
    if (step.entry > by.entry) return 'it runs later';
    if (step.entry === by.entry && !this.#isEarlierInLane(step, by.id))
      return 'it runs in parallel with this one';
    if (!this.isOverBy(step, by)) return 'it runs in the background, in parallel with this one';
    return null;
  }
}
