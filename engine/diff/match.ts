/**
 * Which step of the one version is which of the other: by what it does first, then by its id, then by likeness.
 * Linear in the steps: candidates come from maps, never from comparing all with all.
 */
import { digestOf } from '../digest.ts';
import type { JsonObject, Plan, PlanAct, PlanStep } from '../plan.ts';
import { meaningOf } from './values.ts';

export interface Match {
  /** Ids after the change, by the ids before it. */
  readonly pairs: ReadonlyMap<string, string>;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** References to other steps are left out: those may be renamed themselves. */
const anyStep = (): string => '*';

const callEssence = (act: PlanAct) => [act.type, act.runOn, act.target, meaningOf(act.with, anyStep)];

const bodyOf = (step: PlanStep): unknown => {
  switch (step.kind) {
    case 'act':
      return [callEssence(step.act), [...step.preconditions, ...step.verify].map(callEssence)];
    case 'gate':
      return [
        step.prompt,
        step.require.length,
        step.criteria.map((expr) => meaningOf({ $expr: expr }, anyStep)),
      ];
    case 'wait':
      return step.forMs;
    case 'watch':
      return [callEssence(step.measure), step.success, step.failure, step.untilMs];
    case 'checklist':
      return step.items.map(({ say, check }) => [say, check && callEssence(check)]);
  }
};

const typeOf = (step: PlanStep): string => (step.kind === 'act' ? step.act.type : step.kind);

const contentOf = (step: PlanStep): string => digestOf([typeOf(step), bodyOf(step)]);

/** Says enough of itself to be recognised under another id while its own id is still in use. */
const isTelling = (step: PlanStep): boolean =>
  (step.kind === 'act' && Object.keys(step.act.with).length > 0) || step.kind === 'watch';

export const matchSteps = (before: Plan, after: Plan): Match => new Matcher(before, after).match();

class Matcher {
  readonly #pairs = new Map<string, string>();
  readonly #was: Map<string, PlanStep>;
  readonly #is: Map<string, PlanStep>;

  constructor(before: Plan, after: Plan) {
    this.#was = new Map(Object.entries(before.steps));
    this.#is = new Map(Object.entries(after.steps));
  }

  match(): Match {
    const contents = new Map<string, string>();
    for (const [id, step] of this.#was) {
      const same = this.#is.get(id);
      const content = contentOf(step);
      if (same && contentOf(same) === content) this.#pair(id, id);
      else contents.set(id, content);
    }
    this.#byContent(contents);
    this.#byId((was, is) => typeOf(was) === typeOf(is));
    this.#byLikeness();
    this.#byId(() => true);
    return { pairs: this.#pairs, removed: [...this.#was.keys()], added: [...this.#is.keys()] };
  }

  #pair(was: string, is: string): void {
    this.#pairs.set(was, is);
    this.#was.delete(was);
    this.#is.delete(is);
  }

  #byContent(contents: ReadonlyMap<string, string>): void {
    const open = Map.groupBy(this.#is.values(), contentOf);
    for (const [id, step] of [...this.#was]) {
      const same = open.get(contents.get(id) ?? '') ?? [];
      const keepsId = this.#is.has(id);
      const found =
        keepsId && !isTelling(step) ? undefined : (same.find(({ name }) => name === step.name) ?? same[0]);
      if (!found) continue;
      same.splice(same.indexOf(found), 1);
      this.#pair(id, found.id);
    }
  }

  #byId(fits: (was: PlanStep, is: PlanStep) => boolean): void {
    for (const [id, was] of [...this.#was]) {
      const is = this.#is.get(id);
      if (is && fits(was, is)) this.#pair(id, id);
    }
  }

  #byLikeness(): void {
    const index = new Map<string, PlanStep[]>();
    const features = new Map<PlanStep, ReadonlySet<string>>();
    for (const step of this.#is.values()) {
      const own = featuresOf(step);
      features.set(step, own);
      for (const feature of own) {
        const there = index.get(feature);
        if (there) there.push(step);
        else index.set(feature, [step]);
      }
    }
    for (const [id, was] of [...this.#was]) {
      const own = featuresOf(was);
      const shared = new Map<PlanStep, number>();
      for (const feature of own) {
        const there = index.get(feature) ?? [];
        // What nearly every step says tells none of them.
        if (there.length <= COMMON) for (const step of there) shared.set(step, (shared.get(step) ?? 0) + 1);
      }
      const likely = [...shared].toSorted((a, b) => b[1] - a[1]).slice(0, CANDIDATES);
      let best: PlanStep | null = null;
      let most = LIKE;
      for (const [step] of likely) {
        const likeness = this.#is.has(step.id) ? jaccard(own, features.get(step) ?? new Set()) : 0;
        if (likeness >= most) [best, most] = [step, likeness];
      }
      if (best) this.#pair(id, best.id);
    }
  }
}

const COMMON = 24;
const CANDIDATES = 8;
/** Share of what either says that both say. */
const LIKE = 0.5;

const jaccard = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  let both = 0;
  for (const each of a) if (b.has(each)) both++;
  return both / (a.size + b.size - both);
};

/** The words of what it does; each with its type, so that only the same kind of step is like it. */
const featuresOf = (step: PlanStep): ReadonlySet<string> => {
  const type = typeOf(step);
  const words: string[] = [...wordsOf(step.name)];
  const add = (value: JsonObject) => words.push(...wordsOf(meaningOf(value, anyStep)));
  if (step.kind === 'act') {
    add(step.act.with);
    for (const check of [...step.preconditions, ...step.verify]) add(check.with);
    words.push(`on ${step.act.runOn}`, `at ${step.act.target}`);
  } else if (step.kind === 'watch') {
    add(step.measure.with);
    words.push(...wordsOf(`${step.failure} ${step.success}`));
  } else if (step.kind === 'gate')
    words.push(...wordsOf(step.prompt ?? ''), ...step.criteria, ...step.require);
  else if (step.kind === 'checklist') words.push(...step.items.map(({ say }) => say));
  return new Set(words.map((word) => `${type} ${word}`));
};

const wordsOf = (text: string): readonly string[] => text.match(/[\p{L}\p{N}_./-]+/gu) ?? [];
