/** `runbook validate FILE`: the plan for its reviewer, or all problems. */
import { resolve } from 'node:path';
import { DiagnosticError } from '../diagnostic.ts';
import { diagnosticRecord } from '../diagnostics/render.ts';
import { type Loaded, loadRunbook } from '../load/load.ts';
import type { Plan } from '../plan.ts';
import type { Remark } from '../review/remark.ts';
import { clean, jsonText } from '../text.ts';
import { plural } from '../words/format.ts';
import { leftOutNotes } from '../words/left-out.ts';
import { givenTypes, givenVars, givenVarsFiles } from './given.ts';
import type { Host } from './host.ts';
import { lintOptions } from './lint-options.ts';
import { options } from './options.ts';
import type { Handler, Input } from './spec.ts';
import { stepRows, stepTable } from './step-table.ts';

export const validate: Handler = async (host, input) => {
  const path = resolve(host.cwd, input.needed(0));
  const json = input.flag(options.json);
  try {
    const loaded = await loadRunbook(path, {
      ...(await givenTypes(host, input)),
      varsFiles: givenVarsFiles(host, input),
      vars: givenVars(input),
    });
    const { plan, unusedVars } = loaded;
    const warnings = plan.spans ? await spanWarnings(plan) : [];
    const reviewed = input.flag(lintOptions.strictReview) ? await review(loaded, path, host, input) : null;
    const remarks = reviewed && { remarks: reviewed };
    host.stdout.write(
      json
        ? `${jsonText({ ...summarize(plan), unusedVars, ...(plan.spans && { warnings }), ...remarks })}\n`
        : `${stepTable(plan)}\n${leftOutText(plan)}${unusedNote(unusedVars)}${warnings.map((line) => `Warning: ${clean(line)}\n`).join('')}${sentence(plan)}\n`,
    );
    if (!json && reviewed) host.stdout.write(await (await import('./lint.ts')).shown(reviewed, 'text', host));
    return reviewed?.some(({ level }) => level === 'error') ? 1 : 0;
  } catch (error) {
    if (!json || !(error instanceof DiagnosticError)) throw error;
    const diagnostics = error.diagnostics.map(diagnosticRecord);
    host.stdout.write(`${jsonText({ valid: false, diagnostics })}\n`);
    return 2;
  }
};

/** Those that are too long even if nothing fails. */
const spanWarnings = async (plan: Plan): Promise<readonly string[]> => {
  const { timesOf } = await import('../timeline/times-of.ts');
  return (await import('../plan-view/words.ts')).tooLong(timesOf(plan));
};

/** Warnings count as errors. */
const review = async (loaded: Loaded, path: string, host: Host, input: Input): Promise<readonly Remark[]> =>
  (await (await import('./linting.ts')).lintLoaded(loaded, path, host, input)).remarks.map((remark) =>
    remark.level === 'warning' ? { ...remark, level: 'error' } : remark,
  );

const leftOutText = (plan: Plan): string =>
  leftOutNotes(plan)
    .map((note) => `${clean(note)}\n`)
    .join('');

/** A name that a file sets and this runbook does not declare: for another runbook, or a typing error. */
const unusedNote = (unused: readonly string[]): string =>
  unused.length === 0 ? '' : `Not used by this runbook: ${clean(unused.join(', '))}\n`;

const summarize = (plan: Plan) => ({
  valid: true,
  name: plan.name,
  digest: plan.digest,
  environment: plan.environment,
  steps: Object.keys(plan.steps).length,
  leftOut: plan.leftOut ?? [],
  secrets: Object.keys(plan.secrets),
  invariants: plan.invariants?.length ?? 0,
  plan: stepRows(plan),
  targets: Object.fromEntries(Object.entries(plan.targets).map(([name, t]) => [name, t.description])),
});

const sentence = (plan: Plan): string => {
  const steps = Object.values(plan.steps);
  const gates = steps.filter((s) => s.kind === 'gate').length;
  const line = plan.entries.some((e) => e.kind === 'line') ? 'a point of no return' : 'no point of no return';
  const proven = plan.invariants?.length ?? 0;
  const invariants = proven === 0 ? '' : `, ${plural(proven, 'invariant')} for what-if`;
  return `${plan.name} is valid: ${plural(steps.length, 'step')}, ${plural(gates, 'gate')}, ${line}${invariants} (${plan.digest.slice(0, 19)})`;
};
