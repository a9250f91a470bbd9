/** Where each step stands, known before any of them is judged. */
import type { StepNames } from '../expr/check.ts';
import { type Path, schemaOf } from '../expr/json-schema.ts';
import type { Json } from '../plan.ts';
import type { Registry } from '../registry.ts';
import { isMap } from './is-map.ts';
import { CORE_TYPES } from './schema/steps.ts';

export interface IndexedStep {
  readonly id: string;
  readonly type: string;
  readonly path: Path;
  /** Of its entry in the list; siblings of a parallel block share it. */
  readonly entry: number;
  /** It may end without success and the run goes on. */
  readonly mayFail: boolean;
}

/** Whose expressions read: what a step's act sees, its verify, or its undo. */
export type Reader = 'act' | 'verify' | 'undo';

export class StepIndex implements StepNames {
  readonly #byId = new Map<string, IndexedStep>();
  readonly #registry: Registry;
  #ids: readonly string[] = [];

  /** `entries`: the list as written, not yet judged. */
  constructor(entries: readonly Json[], registry: Registry, defaultOnFailure: string) {
    this.#registry = registry;
    for (const [entry, value] of entries.entries()) {
      if (!isMap(value)) continue;
      if (Array.isArray(value.parallel))
        value.parallel.forEach((s: Json, i) => {
          this.#add(s, ['steps', entry, 'parallel', i], entry, defaultOnFailure);
        });
      else this.#add(value, ['steps', entry], entry, defaultOnFailure);
    }
    this.#ids = [...this.#byId.keys()];
  }

  #add(value: Json, path: Path, entry: number, defaultOnFailure: string): void {
    if (!isMap(value) || typeof value.id !== 'string' || this.#byId.has(value.id)) return;
    const type = typeof value.type === 'string' ? value.type : '';
    const mayFail = (value.on_failure ?? defaultOnFailure) === 'continue';
    this.#byId.set(value.id, { id: value.id, type, path, entry, mayFail });
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
    const isCore = (CORE_TYPES as readonly string[]).includes(step.type);
    // An unknown type is reported where it stands; what reads its output is not wrong on top of that.
    return { type: step.type, output: isCore ? null : {}, sensitive: [] };
  }

  /** Why `reader` of the step `by` (in the list at `entry`) can't be sure of the output of `id`; null: it can. */
  doubt(
    id: string,
    by: { readonly id: string | null; readonly entry: number },
    reader: Reader,
  ): string | null {
    const step = this.#byId.get(id);
    if (!step) return null;
    if (step.id === by.id) return reader === 'verify' ? null : 'it is the step itself';
    if (step.entry > by.entry) return 'it runs later';
    if (step.entry === by.entry) return 'it runs beside this one';
    if (reader === 'undo' && step.mayFail) return 'it may have failed, since its `on_failure` is continue';
    return null;
  }
}
