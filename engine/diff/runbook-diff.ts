/** Two versions of one runbook, as far as each could be loaded. */
import type { Plan } from '../plan.ts';
import { type PolicyChange, policyChanges } from '../policy/changes.ts';
import { judgePlan } from '../policy/judge.ts';
import type { Policy } from '../policy/policy.ts';
import type { ChangedAnswer } from '../what-if/answers.ts';
import { type Change, type Danger, worstOf } from './change.ts';
import { diffPlans } from './diff.ts';
import type { TextOf } from './files.ts';
import { Found } from './found.ts';
import { changedLines } from './lines.ts';
import { diffTimes, type TimesDiff } from './times.ts';
import { diffWhatIf, isAffordable } from './what-if.ts';

export interface Version {
  /** As the operator names it: `main:runbooks/cutover.yaml`. */
  readonly label: string;
  /** null: it cannot be loaded, and `problems` says why. */
  readonly plan: Plan | null;
  /** One line each. */
  readonly problems: readonly string[];
  /** Of the file; null: it cannot be read as one. */
  readonly source: string | null;
  readonly textOf: TextOf;
  readonly policies: readonly Policy[];
  /** Why they could not be read, one line each; then there are none. */
  readonly policyProblems: readonly string[];
  /** Files that it names and does not have, as the operator names them. */
  readonly missing: readonly string[];
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
  if (!before.plan || !after.plan) {
    tellUnloaded(before, after, found);
    return result([]);
  }

  tellMissing(before, after, found, notes);
  tellViolations(before.plan, after.plan, before.policies, after.policies, found);

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
        ? 'What-if was left out (--without-what-if): whether a fault ends otherwise was not looked at'
        : 'What-if was left out, because the runbook is long: --what-if compares how each fault ends',
    );
    return result(all, { times });
  }
  const asked = diffWhatIf(before.plan, after.plan, match);
  return result([...all, ...asked.changes], { times, answers: asked.answers });
};

/** Nothing is known of what it means then: the lines of the file are all that can be compared. */
const tellUnloaded = (before: Version, after: Version, found: Found): void => {
  for (const version of [before, after])
    if (!version.plan)
      found.addLines('not-loaded', 'high', {
        what: version.label,
        lines: version.problems.map((text) => ({ op: ' ', text })),
        reason:
          version === after
            ? 'It cannot be loaded any more, so that what the change means is not known'
            : 'The version before cannot be loaded, so that what the change means is not known',
      });
  if (before.source !== null && after.source !== null && before.source !== after.source)
    found.addLines('not-loaded', 'high', {
      what: 'lines of the file',
      lines: changedLines(before.source, after.source),
      reason: 'Each of these lines may be dangerous',
    });
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
    found.addLines('not-loaded', 'high', {
      what: there.label,
      lines: there.problems.map((text) => ({ op: ' ', text })),
      reason: 'It is new and cannot be loaded',
    });
};

const tellMissing = (before: Version, after: Version, found: Found, notes: Set<string>): void => {
  // The labels differ: what stands behind them is compared.
  const known = new Set(before.missing.map((file) => nameIn(before, file)));
  for (const file of after.missing) {
    const name = nameIn(after, file);
    if (known.has(name)) notes.add(`${name} is in neither version: its content was not compared`);
    else
      found.add('file', 'high', {
        what: name,
        reason: 'The runbook names this file, and this version does not have it',
      });
  }
};

const nameIn = ({ label }: Version, file: string): string => {
  const revision = label.slice(0, label.indexOf(':') + 1);
  return file.startsWith(revision) ? file.slice(revision.length) : file;
};

/** Rules that the plan keeps before the change, and not after it. Those that read T0 are judged when a run starts. */
const tellViolations = (
  was: Plan,
  is: Plan,
  before: readonly Policy[],
  after: readonly Policy[],
  found: Found,
): void => {
  const known = new Set(violated(before, was).map(({ rule }) => rule.name));
  for (const { rule, steps, why } of violated(after, is))
    if (!known.has(rule.name))
      found.add('policy', rule.level === 'error' ? 'high' : 'medium', {
        what: `policy "${rule.name}" is violated`,
        after: steps.length > 0 ? steps.join(', ') : undefined,
        reason: why === null ? rule.message : `${rule.message} (cannot be judged: ${why})`,
      });
};

const violated = (policies: readonly Policy[], plan: Plan) =>
  judgePlan(policies, plan, null).filter(({ verdict }) => verdict === 'violated');

const tellPolicies = (before: Version | null, after: Version | null, found: Found): void => {
  if (!after) return;
  if (after.policyProblems.length > 0)
    found.addLines('policy', 'high', {
      what: 'policies',
      lines: after.policyProblems.map((text) => ({ op: ' ', text })),
      reason: 'They cannot be read, so that no run of this runbook can start',
    });
  if (!before || after.policyProblems.length > 0) return;
  for (const change of policyChanges(before.policies, after.policies)) tellPolicy(change, found);
};

const tellPolicy = ({ danger, file, message, before, after }: PolicyChange, found: Found): void =>
  found.add('policy', danger, {
    what: file,
    before: before ?? undefined,
    after: after ?? undefined,
    reason: message,
  });
