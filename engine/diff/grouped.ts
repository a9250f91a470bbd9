/** Changes as they are read: by step, what they cause below them, and what is the same at many places once. */
import type { Change } from './change.ts';

/** From so many on, equal changes are one point. */
const FEW = 4;

/** One change; with `places`: the same at each of these steps, as often as they are listed. */
export interface Point {
  readonly change: Change;
  readonly places: readonly string[];
}

export interface StepGroup {
  /** null: the runbook as a whole, or many places. */
  readonly step: string | null;
  readonly points: readonly Point[];
}

const partOf = ({ what }: Change): string => what.split(': ').at(-1) ?? what;

const likeness = (change: Change): string | null =>
  change.step === null || change.lines
    ? null
    : JSON.stringify([change.kind === 'what-if', partOf(change), change.before, change.after, change.reason]);

/** All of one step stand together; steps whose change is known to break something come first. */
export const grouped = (changes: readonly Change[]): readonly StepGroup[] => {
  const alike = Map.groupBy(changes, likeness);
  const groups = new Map<string, { step: string | null; points: Point[] }>();
  for (const [i, change] of changes.entries()) {
    const key = likeness(change);
    const same = key === null ? [] : (alike.get(key) ?? []);
    if (same.length >= FEW) {
      if (same[0] !== change) continue;
      const places = same.flatMap(({ step }) => step ?? []);
      groups.set(`same ${i}`, {
        step: null,
        points: [{ change: { ...change, step: null, what: partOf(change) }, places }],
      });
      continue;
    }
    const step = change.step ?? change.cause ?? null;
    const name = step === null ? `whole ${i}` : `step ${step}`;
    const group = groups.get(name) ?? { step, points: [] };
    group.points.push({ change, places: [] });
    groups.set(name, group);
  }
  const causes = ({ points }: StepGroup): boolean =>
    points.some(({ change: { cause } }) => cause !== undefined);
  return [...groups.values()].toSorted((a, b) => Number(causes(b)) - Number(causes(a)));
};

const MOST_NAMES = 8;

/** `at 58 places, in "a", "b" and 20 more steps`. */
export const placesText = (places: readonly string[]): string => {
  const steps = [...new Set(places)];
  const more = steps.length - MOST_NAMES;
  const named = steps.slice(0, MOST_NAMES).join(', ');
  return `at ${places.length} places: ${named}${more > 0 ? ` and ${more} more` : ''}`;
};
