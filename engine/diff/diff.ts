/** Two plans compared by what they mean. Pure, and linear in the steps. */
import type { Json, JsonObject, LeftOut, Plan, PlanStep } from '../plan.ts';
import { offset, span } from '../words/format.ts';
import { compareActSteps } from './act-step.ts';
import { type Around, callText } from './call.ts';
import type { Change, Danger } from './change.ts';
import { compareWhen, nowLeftOut } from './condition.ts';
import { dangerousWords } from './dangerous-words.ts';
import { asWritten } from './expressions.ts';
import { compareFacts } from './facts.ts';
import { compareFiles, noTexts, type TextOf } from './files.ts';
import { Found } from './found.ts';
import { compareGates } from './gate.ts';
import { compareLines } from './line.ts';
import { compareLocks } from './lock.ts';
import { type Match, matchSteps } from './match.ts';
import { compareNotify } from './notify.ts';
import { movedOf, type Place, placesOf } from './order.ts';
import { compareSpans } from './spans.ts';
import { changedValues, meaningOf } from './values.ts';
import { compareChecklists, compareWatches } from './watch.ts';
import { compareWhole } from './whole.ts';

export interface DiffOptions {
  /** Content of named files; without them only that they changed is told. */
  readonly texts?: { readonly before: TextOf; readonly after: TextOf };
}

export interface PlanDiff {
  /** In the order of the runbook after the change. */
  readonly changes: readonly Change[];
  readonly match: Match;
}

export const diffPlans = (before: Plan, after: Plan, options: DiffOptions = {}): PlanDiff => {
  const match = matchSteps(before, after);
  const around: Around = {
    rename: (step) => match.pairs.get(step) ?? step,
    explained: explainedBy(valuesOf(before), valuesOf(after)),
  };
  const whole = new Found(null);
  compareWhole(before, after, whole, around);
  compareLines(before, after, whole, around);
  compareFacts(before, after, whole);
  compareSpans(before, after, whole, around);
  compareLocks(before, after, whole);
  compareNotify(before, after, whole, around);
  const files = compareFiles(before, after, options.texts ?? { before: noTexts, after: noTexts });
  return {
    changes: [
      ...whole.changes,
      ...files.flatMap(({ changes }) => changes),
      ...stepChanges(before, after, match, around),
    ],
    match,
  };
};

const stepChanges = (before: Plan, after: Plan, match: Match, around: Around): readonly Change[] => {
  const [was, is] = [placesOf(before), placesOf(after)];
  const order = [...was.keys()].flatMap((id) => match.pairs.get(id) ?? []);
  const moved = movedOf(order.map((id) => is.get(id)?.index ?? 0));
  const found: Change[] = match.removed.flatMap((id) =>
    removedStep(
      before.steps[id],
      was.get(id),
      after.leftOut?.find((step) => step.id === id),
    ),
  );
  const oldOf = new Map([...match.pairs].map(([old, id]) => [id, old]));
  for (const [id, place] of is) {
    const step = after.steps[id];
    const old = before.steps[oldOf.get(id) ?? ''];
    if (!step) continue;
    if (!old) {
      found.push(...addedStep(step, place));
      continue;
    }
    const one = new Found(id);
    if (old.id !== id)
      one.add('step-renamed', 'none', {
        what: 'id',
        before: old.id,
        after: id,
        reason: 'It does what it did',
      });
    const oldPlace = was.get(old.id);
    if (oldPlace) {
      comparePlaces(step, oldPlace, place, moved.has(place.index), one);
      compareLanes(oldPlace, place, around, one);
    }
    compareSteps(old, step, one, around);
    found.push(...one.changes);
  }
  return found;
};

const comparePlaces = (step: PlanStep, was: Place, is: Place, moved: boolean, found: Found): void => {
  const place = ({ index }: Place) => `position ${index + 1}`;
  if (moved) {
    const crossed = was.afterNoReturn !== is.afterNoReturn;
    const writes = step.kind === 'act' && step.act.effects === 'write';
    const decides = step.kind === 'gate' || is.gates !== was.gates;
    const danger: Danger = crossed || decides ? 'high' : writes ? 'medium' : 'low';
    const reason = crossed
      ? is.afterNoReturn
        ? 'It comes after the point of no return now, where no rollback is possible'
        : 'It comes before the point of no return now'
      : is.gates > was.gates
        ? 'It comes after a gate now, which no longer waits for it'
        : is.gates < was.gates
          ? 'It comes before a gate now, which no longer decides about it'
          : step.kind === 'gate'
            ? 'It decides at another place: other steps come before it'
            : 'It runs at another place in the order';
    found.add('step-moved', danger, { what: 'order', before: place(was), after: place(is), reason });
  }
  if (was.parallel !== is.parallel)
    found.add('step-moved', 'medium', {
      what: 'parallel',
      before: was.parallel,
      after: is.parallel,
      reason: is.parallel
        ? 'It runs together with other steps now'
        : 'It no longer runs together with other steps',
    });
};

/** Inside of a parallel block: what it waits for. */
const compareLanes = (was: Place, is: Place, { rename }: Around, found: Found): void => {
  if (!was.parallel || !is.parallel) return;
  const before = was.waitsFor === null ? null : rename(was.waitsFor);
  if (before === is.waitsFor) return;
  found.add('step-moved', 'medium', {
    what: 'lane',
    before: before === null ? undefined : `after ${before}`,
    after: is.waitsFor === null ? undefined : `after ${is.waitsFor}`,
    reason:
      is.waitsFor === null
        ? `It no longer waits for "${before}"`
        : before === null
          ? `It waits for "${is.waitsFor}" now`
          : `It waits for "${is.waitsFor}" now, and no longer for "${before}"`,
  });
};

const compareSteps = (was: PlanStep, is: PlanStep, found: Found, around: Around): void => {
  compareTimes(was, is, found);
  compareWhen(was, is, found, around.rename);
  // A name that nobody gave is the id.
  for (const what of ['name', 'description'] as const)
    if (was[what] !== is[what] && !(what === 'name' && was.name === was.id && is.name === is.id))
      found.add('text', 'none', {
        what,
        before: was[what] ?? undefined,
        after: is[what] ?? undefined,
        reason: 'Only what people read',
      });
  if (was.kind === 'act' && is.kind === 'act') compareActSteps(was, is, found, around);
  else if (was.kind === 'gate' && is.kind === 'gate') compareGates(was, is, found, around.rename);
  else if (was.kind === 'watch' && is.kind === 'watch') compareWatches(was, is, found, around);
  else if (was.kind === 'checklist' && is.kind === 'checklist') compareChecklists(was, is, found, around);
  else if (was.kind === 'wait' && is.kind === 'wait') {
    if (was.forMs !== is.forMs)
      found.add('time', is.forMs < was.forMs ? 'medium' : 'low', {
        what: 'for',
        before: span(was.forMs),
        after: span(is.forMs),
        reason:
          is.forMs < was.forMs
            ? 'Less time passes before the next step'
            : 'More time passes before the next step',
      });
  } else
    found.add('input', 'high', {
      what: 'type',
      before: summaryOf(was),
      after: summaryOf(is),
      reason: 'The step is of another kind: what it did is no longer done',
    });
};

const compareTimes = (was: PlanStep, is: PlanStep, found: Found): void => {
  const at = (ms: number | null) => (ms === null ? 'after the step before' : offset(ms));
  if (was.atMs !== is.atMs)
    found.add('time', 'low', {
      what: 'at',
      before: at(was.atMs),
      after: at(is.atMs),
      reason: 'It starts at another time',
    });
  if (was.expectedMs !== is.expectedMs)
    found.add('time', 'low', {
      what: 'expected',
      before: was.expectedMs === null ? undefined : span(was.expectedMs),
      after: is.expectedMs === null ? undefined : span(is.expectedMs),
      reason: 'The engine plans another time for it',
    });
};

const summaryOf = (step: PlanStep): string =>
  step.kind === 'act' ? callText(step.act) : `${step.kind}: ${step.name}`;

const isCheck = (step: PlanStep): boolean => step.kind === 'act' && step.act.effects === 'read';

const removedStep = (
  step: PlanStep | undefined,
  place: Place | undefined,
  leftOut: LeftOut | undefined,
): readonly Change[] => {
  if (!step) return [];
  const found = new Found(step.id);
  const [danger, reason]: readonly [Danger, string] =
    step.kind === 'wait'
      ? ['medium', 'The next step starts without this wait']
      : step.kind === 'act' && !isCheck(step)
        ? ['high', 'What it did is no longer done, and later steps may rely on it']
        : step.kind === 'act'
          ? ['high', 'What it read is no longer checked']
          : step.kind === 'gate'
            ? ['high', 'The run goes on there, and nothing and nobody decides']
            : ['high', 'What it found out is no longer noticed'];
  const after = place?.afterNoReturn ? ' (after the point of no return)' : '';
  if (leftOut) nowLeftOut(`${summaryOf(step)}${after}`, leftOut, danger, found);
  else
    found.add('step-removed', danger, { what: 'step removed', before: `${summaryOf(step)}${after}`, reason });
  return found.changes;
};

const addedStep = (step: PlanStep, place: Place): readonly Change[] => {
  const found = new Found(step.id);
  const says = (): readonly [Danger, string] => {
    if (step.kind !== 'act') return ['low', `One more ${step.kind}`];
    if (isCheck(step)) return ['low', 'One more read'];
    const dangerous = dangerousWords('', `${shownInput(step.act.with)} ${step.act.preview}`);
    if (dangerous !== null) return ['high', dangerous];
    if (step.undo.mode === 'none' && !place.afterNoReturn)
      return ['medium', `Something more is changed, and a rollback does not undo it: ${step.undo.why ?? ''}`];
    return ['medium', 'Something more is changed'];
  };
  const [danger, reason] = says();
  found.add('step-added', danger, { what: 'step added', after: summaryOf(step), reason });
  return found.changes;
};

const shownInput = (input: JsonObject): string => {
  const words = (value: Json): string =>
    typeof value === 'string'
      ? value
      : typeof value === 'object' && value !== null
        ? Object.values(value).map(words).join(' ')
        : '';
  return words(input);
};

/** Shorter texts stand in others by chance. */
const TELLING = 4;

/** A value that became the other one by nothing but the new value of a var. */
const explainedBy = (before: JsonObject, after: JsonObject): Around['explained'] => {
  const changed = changedValues(before, after, asWritten).flatMap(
    ({ before: was, after: is }): readonly (readonly [string, string])[] =>
      typeof was === 'string' && typeof is === 'string' && was.length >= TELLING && is.length >= TELLING
        ? [[inJson(was), inJson(is)]]
        : [],
  );
  if (changed.length === 0) return () => false;
  return (was, is) => {
    if (was === undefined || is === undefined) return false;
    let text = meaningOf(was);
    const wanted = meaningOf(is);
    for (const [old, now] of changed) {
      if (text === wanted) break;
      text = text.replaceAll(old, () => now);
    }
    return text === wanted;
  };
};

const valuesOf = ({ vars, locals }: Plan): JsonObject => ({ vars, ...(locals && { locals }) });

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);
