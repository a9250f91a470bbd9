/** Lists of calls, such as the preconditions of a step: dropped, added, changed. */
import type { PlanAct } from '../plan.ts';
import { type Around, callMeaning, callText, compareCalls } from './call.ts';
import type { Danger, Kind } from './change.ts';
import type { Found } from './found.ts';

export interface ListWords {
  readonly kind: Kind;
  /** Of one of them: `verify`. */
  readonly name: string;
  readonly dropped: readonly [Danger, string];
  readonly added: readonly [Danger, string];
}

export const compareLists = (
  was: readonly PlanAct[],
  is: readonly PlanAct[],
  words: ListWords,
  found: Found,
  around: Around,
): void => {
  const { pairs, gone, come } = pairUp(was, is, around);
  const label = (i: number): string =>
    is.length > 1 || was.length > 1 ? `${words.name} ${i + 1}` : words.name;
  for (const i of gone)
    found.add(words.kind, words.dropped[0], {
      what: `${label(i)} dropped`,
      before: callText(was[i] as PlanAct),
      reason: words.dropped[1],
    });
  for (const [i, j] of pairs)
    compareCalls(was[i] as PlanAct, is[j] as PlanAct, { kind: words.kind, label: label(j) }, found, around);
  for (const j of come)
    found.add(words.kind, words.added[0], {
      what: `${label(j)} added`,
      after: callText(is[j] as PlanAct),
      reason: words.added[1],
    });
};

/** Equal ones first, then by message, then those of one type in their order. */
const pairUp = (was: readonly PlanAct[], is: readonly PlanAct[], { rename }: Around) => {
  const pairs: (readonly [number, number])[] = [];
  let gone = was.map((_, i) => i);
  let come = is.map((_, i) => i);
  const by = (of: (act: PlanAct) => string | null, ofBefore = of): void => {
    const open = Map.groupBy(come, (j) => of(is[j] as PlanAct));
    gone = gone.filter((i) => {
      const key = ofBefore(was[i] as PlanAct);
      const j = key === null ? undefined : open.get(key)?.shift();
      if (j === undefined) return true;
      pairs.push([i, j]);
      come = come.filter((each) => each !== j);
      return false;
    });
  };
  by(
    (act) => callMeaning(act, (step) => step),
    (act) => callMeaning(act, rename),
  );
  by((act) => act.message && `${act.type} ${act.message}`);
  by((act) => `${act.type} ${act.runOn} ${act.target} ${wherein(act)}`);
  by((act) => act.type);
  return { pairs: pairs.sort((a, b) => a[1] - b[1]), gone, come };
};

/** What a read looks at, where its input says so: checks of two pages are two checks. */
const wherein = (act: PlanAct): string => {
  const { url, path, sql, run } = act.with;
  return JSON.stringify(url ?? path ?? sql ?? run ?? null);
};
