/** Two versions of one runbook, as far as each could be loaded. */
import type { Plan } from '../plan.ts';
import { type PolicyChange, policyChanges } from '../policy/changes.ts';
import type { Policy } from '../policy/policy.ts';
import type { ChangedAnswer } from '../what-if/answers.ts';
import { type Change, type Danger, worstOf } from './change.ts';
import { diffPlans } from './diff.ts';
import type { TextOf } from './files.ts';
import { Found } from './found.ts';
import { diffTimes, type TimesDiff } from './times.ts';
import { diffWhatIf, isAffordable } from './what-if.ts';

export interface Version {
  /** As the operator names it: `main:runbooks/cutover.yaml`. */
  readonly label: string;
  /** null: it cannot be loaded, and `problems` says why. */
  readonly plan: Plan | null;
  /** One line each. */
  readonly problems: readonly string[];
  readonly textOf: TextOf;
  readonly policies: readonly Policy[];
  /** What limits the comparison, one sentence each. */
  readonly notes: readonly string[];
}

export interface RunbookDiff {
  /** Of the version after, or before where it is gone. */
  readonly file: string;
  /** null: it is not there. */
  readonly before: Version | null;
  readonly after: Version | null;
  readonly changes: readonly Change[];
  readonly times: TimesDiff | null;
  readonly answers: readonly ChangedAnswer[];
  readonly notes: readonly string[];
}

export interface DiffReport {
  readonly base: string;
  readonly head: string;
  readonly runbooks: readonly RunbookDiff[];
}

/** `auto`: only where it takes a few seconds. */
export type AskWhatIf = 'always' | 'auto' | 'never';

export const worstDanger = ({ runbooks }: DiffReport): Danger =>
  worstOf(runbooks.flatMap(({ changes }) => changes));

export const diffRunbook = (
  file: string,
  before: Version | null,
  after: Version | null,
  { whatIf, also = [] }: { readonly whatIf: AskWhatIf; readonly also?: readonly Change[] },
): RunbookDiff => {
  const found = new Found(null);
  const notes = new Set([...(before?.notes ?? []), ...(after?.notes ?? [])]);
  const rest = { file, before, after, times: null, answers: [] };
  const result = (
    changes: readonly Change[],
    more: Partial<Pick<RunbookDiff, 'times' | 'answers'>> = {},
  ): RunbookDiff => ({
    ...rest,
    ...more,
    changes: [...found.changes, ...also, ...changes],
    notes: [...notes],
  });

  tellPolicies(before, after, found);
  if (!before || !after) {
    tellLonely(before, after, found);
    return result([]);
  }
  for (const version of [before, after])
    if (!version.plan)
      found.add('not-loaded', 'high', {
        what: version.label,
        after: version.problems.join('\n'),
        reason:
          version === after
            ? 'It cannot be loaded any more, so that nothing can be said about it'
            : 'The version before cannot be loaded, so that nothing can be compared',
      });
  if (!before.plan || !after.plan) return result([]);

  const { changes, match } = diffPlans(before.plan, after.plan, {
    texts: { before: before.textOf, after: after.textOf },
  });
  // What only people read changes no time and no answer.
  if (found.changes.length + also.length === 0 && worstOf(changes) === 'none') return result(changes);
  const times = diffTimes(before.plan, after.plan, match);
  const all = [...changes, ...times.changes];
  if (whatIf === 'never' || (whatIf === 'auto' && !isAffordable(before.plan, after.plan))) {
    notes.add(
      whatIf === 'never'
        ? 'What-if was left out (--no-what-if): whether a fault ends otherwise was not looked at'
        : 'What-if was left out, because the runbook is long: --what-if compares how each fault ends',
    );
    return result(all, { times });
  }
  const asked = diffWhatIf(before.plan, after.plan, match);
  return result([...all, ...asked.changes], { times, answers: asked.answers });
};

const tellLonely = (before: Version | null, after: Version | null, found: Found): void => {
  const there = after ?? before;
  if (!there) return;
  if (!after) {
    found.add('runbook', 'medium', {
      what: 'runbook removed',
      before: there.label,
      reason: 'Nobody can run it any more from this version on',
    });
    return;
  }
  const steps = Object.values(there.plan?.steps ?? {});
  const writes = steps.filter((step) => step.kind === 'act' && step.act.effects === 'write').length;
  if (there.plan)
    found.add('runbook', 'medium', {
      what: 'runbook added',
      after: `${there.label}: ${steps.length} steps, of which ${writes} change something`,
      reason: 'There is nothing to compare it with: read it as a whole',
    });
  else
    found.add('not-loaded', 'high', {
      what: there.label,
      after: there.problems.join('\n'),
      reason: 'It is new and cannot be loaded',
    });
};

const tellPolicies = (before: Version | null, after: Version | null, found: Found): void => {
  if (!before || !after) return;
  for (const change of policyChanges(before.policies, after.policies)) tellPolicy(change, found);
};

const tellPolicy = ({ danger, file, message, before, after }: PolicyChange, found: Found): void =>
  found.add('policy', danger, {
    what: file,
    before: before ?? undefined,
    after: after ?? undefined,
    reason: message,
  });
