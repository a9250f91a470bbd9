/** A diff as data. */
import { codeOf, worstOf } from './change.ts';
import { type DiffReport, type RunbookDiff, type Version, worstDanger } from './runbook-diff.ts';
import { verdict } from './words.ts';

export const diffRecord = (report: DiffReport) => ({
  verdict: verdict(report),
  danger: worstDanger(report),
  base: report.base,
  head: report.head,
  runbooks: report.runbooks.map(runbookRecord),
});

const versionRecord = (version: Version | null) =>
  version && {
    label: version.label,
    name: version.plan?.name ?? null,
    digest: version.plan?.digest ?? null,
    problems: version.problems,
  };

const runbookRecord = ({ file, before, after, changes, times, answers, notes }: RunbookDiff) => ({
  file,
  danger: worstOf(changes),
  before: versionRecord(before),
  after: versionRecord(after),
  changes: changes.map((change) => ({ code: codeOf(change.kind), ...change })),
  times: times && { steps: times.steps, spans: times.spans },
  answers,
  notes,
});
