/** What no story may break. A combination of facts is judged once, however many stories meet it. */
import { compileInvariant, type InvariantRun } from '../expr/invariant.ts';
import type { Facts, FactValue, Plan, PlanInvariant } from '../plan.ts';
import type { FactState } from './facts.ts';

/** Built in: asked of every runbook that has a point of no return. */
export const silentCrossing: PlanInvariant = {
  name: 'no answer is not a go',
  that: 'the point of no return is crossed only after a person has said go',
  when: 'always',
  message: 'The point of no return is crossed, and nobody has said go',
  line: 0,
};

/** Built in: asked of every runbook that has a hard stop, of the run in which nothing fails. */
export const lateAsPlanned: PlanInvariant = {
  name: 'as planned, the hard stop is kept',
  that: 'a run without a fault, in which everything takes as long as it may, keeps the hard stop',
  when: 'end',
  message: 'The plan is longer than its maintenance window',
  line: 0,
};

export interface Breach {
  readonly invariant: PlanInvariant;
  /** One combination that breaks it; null: a built-in one. */
  readonly facts: Facts | null;
  /** Other facts are possible as well, after an act that failed half way. */
  readonly inDoubt: boolean;
  /** Why it could not be judged. */
  readonly error: string | null;
}

const domainOf = (plan: Plan): ReadonlyMap<string, readonly FactValue[]> => {
  const domain = new Map<string, FactValue[]>();
  for (const [name, value] of Object.entries(plan.facts ?? {})) domain.set(name, [value]);
  for (const step of Object.values(plan.steps)) {
    if (step.kind !== 'act') continue;
    for (const [name, value] of Object.entries(step.sets ?? {})) domain.get(name)?.push(value);
  }
  return domain;
};

export class Prover {
  readonly #invariants: readonly {
    readonly invariant: PlanInvariant;
    readonly holds: (facts: Facts, run: InvariantRun) => boolean;
  }[];
  readonly #known = new Map<string, readonly Breach[]>();
  /** Some invariant asks which steps have succeeded. */
  readonly asksSteps: boolean;

  constructor(plan: Plan) {
    const domain = domainOf(plan);
    this.asksSteps = (plan.invariants ?? []).some(({ that }) => that.includes('succeeded'));
    this.#invariants = (plan.invariants ?? []).map((invariant) => ({
      invariant,
      holds: compileInvariant(invariant.that, domain),
    }));
  }

  /** Of everything that is proven of a plan. */
  names(plan: Plan): readonly string[] {
    const builtIn = [
      ...(plan.entries.some(({ kind }) => kind === 'line') ? [silentCrossing.name] : []),
      ...(plan.timeline.hardStopMs === null ? [] : [lateAsPlanned.name]),
    ];
    return [...builtIn, ...this.#invariants.map(({ invariant }) => invariant.name)];
  }

  /** `end`: the story ends here, and everything must be true. */
  breaches(facts: FactState, run: InvariantRun, end: boolean): readonly Breach[] {
    if (this.#invariants.length === 0) return [];
    const key = `${facts.key()} ${run.state} ${run.crossed} ${end} ${run.succeeded.join()}`;
    const known = this.#known.get(key);
    if (known) return known;
    const found = this.#invariants.flatMap(({ invariant, holds }): readonly Breach[] => {
      if (invariant.when === 'end' && !end) return [];
      const combinations = facts.combinations();
      const inDoubt = combinations.length > 1;
      for (const combination of combinations) {
        const found = { invariant, facts: combination, inDoubt };
        try {
          if (!holds(combination, run)) return [{ ...found, error: null }];
        } catch (error) {
          return [{ ...found, error: error instanceof Error ? error.message : String(error) }];
        }
      }
      return [];
    });
    this.#known.set(key, found);
    return found;
  }
}
