/**
 * What is true of the world in one story, by `sets`. After an act that failed half way nobody knows which of two
 * values a fact has: then it has both, and an invariant must be true of each.
 */
import type { ActKey } from '../decide/events.ts';
import { parseActKey } from '../decide/keys.ts';
import type { Facts, FactValue, Plan } from '../plan.ts';

/** What an act really did, whatever the engine knows of it. */
export type Happened = 'done' | 'none' | 'some';

type Possible = readonly FactValue[];

/** So many combinations of values are judged; a story with more has too much in doubt to say anything. */
const mostCombinations = 256;

const union = (a: Possible, b: Possible): Possible => [...new Set([...a, ...b])];

export class FactState {
  readonly #plan: Plan;
  readonly #now: Map<string, Possible>;
  /** What each step found, by fact: for its undo. */
  readonly #before: Map<string, ReadonlyMap<string, Possible>>;

  private constructor(
    plan: Plan,
    now: Map<string, Possible>,
    before: Map<string, ReadonlyMap<string, Possible>>,
  ) {
    this.#plan = plan;
    this.#now = now;
    this.#before = before;
  }

  static initial(plan: Plan): FactState {
    const now = Object.entries(plan.facts ?? {}).map(([name, value]): [string, Possible] => [name, [value]]);
    return new FactState(plan, new Map(now), new Map());
  }

  copy(): FactState {
    return new FactState(this.#plan, new Map(this.#now), new Map(this.#before));
  }

  #sets(step: string): readonly (readonly [string, FactValue])[] {
    const found = this.#plan.steps[step];
    return found?.kind === 'act' ? Object.entries(found.sets ?? {}) : [];
  }

  /** An act or an undo; checks change nothing. */
  happened(act: ActKey, how: Happened): void {
    const { step: id, phase, index } = parseActKey(act);
    const step = this.#plan.steps[id];
    if (step?.kind !== 'act') return;
    if (phase === 'do') this.#acted(id, how);
    // An own undo has several acts, and has restored something once its last one is done.
    const last = index === step.undo.acts.length - 1;
    if (phase === 'undo') this.#undone(id, how === 'done' && !last ? 'some' : how);
  }

  #acted(step: string, how: Happened): void {
    const sets = this.#sets(step);
    if (how === 'none' || sets.length === 0) return;
    // The first attempt finds what an undo has to restore.
    if (!this.#before.has(step))
      this.#before.set(step, new Map(sets.map(([name]) => [name, this.#now.get(name) ?? []])));
    for (const [name, value] of sets) {
      this.#now.set(name, how === 'done' ? [value] : union(this.#now.get(name) ?? [], [value]));
    }
  }

  #undone(step: string, how: Happened): void {
    const before = this.#before.get(step);
    if (how === 'none' || !before) return;
    for (const [name, values] of before) {
      this.#now.set(name, how === 'done' ? values : union(this.#now.get(name) ?? [], values));
    }
    if (how === 'done') this.#before.delete(step);
  }

  /** As they are now, to be compared later. */
  values(): ReadonlyMap<string, Possible> {
    return new Map(this.#now);
  }

  /** What is not as it was there: `site: old or new`. */
  changesSince(before: ReadonlyMap<string, Possible>): string {
    return [...this.#now]
      .filter(([name, values]) => JSON.stringify(values) !== JSON.stringify(before.get(name)))
      .map(([name, values]) => `${name}: ${values.map(String).join(' or ')}`)
      .join(', ');
  }

  /** The same for the same possible values. */
  key(): string {
    return JSON.stringify([...this.#now]);
  }

  combinations(): readonly Facts[] {
    let all: { [fact: string]: FactValue }[] = [{}];
    for (const [name, values] of this.#now) {
      if (all.length * values.length > mostCombinations)
        throw new Error(`more than ${mostCombinations} combinations of facts are possible`);
      all = all.flatMap((facts) => values.map((value) => ({ ...facts, [name]: value })));
    }
    return all;
  }
}
