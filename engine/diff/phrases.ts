/** What changed, in words of a reader who has never seen a runbook; and what the step is that it changed in. */
import type { Plan, PlanAct, PlanStep } from '../plan.ts';
import type { Change } from './change.ts';

/** Keys of a runbook; the key itself follows where a reader has to find it in the file. */
const keys: { readonly [key: string]: string } = {
  'with.run': 'its command',
  'with.sql': 'its SQL',
  'with.script': 'its script',
  'with.command': 'its command',
  'with.probe': 'how it is found out whether it has happened (probe)',
  'with.expect.value': 'expected value',
  'with.expect.rows': 'expected number of rows',
  'with.status': 'expected HTTP status',
  undo: 'its undo',
  id: 'its id',
  type: 'its step type',
  effects: 'whether it changes something (effects)',
  run_on: 'where it runs (run_on)',
  target: 'the service that it acts on (target)',
  on_failure: 'what its failure leads to (on_failure)',
  timeout: 'time limit (timeout)',
  'retry.limit': 'number of tries (retry.limit)',
  'retry.interval': 'pause between tries (retry.interval)',
  order: 'its place in the order',
  at: 'planned start (at)',
  expected: 'planned time (expected)',
  for: 'how long it waits (for)',
  min_approvals: 'approvals needed (min_approvals)',
  allow_unattended: 'go without a person (allow_unattended)',
  on_timeout: 'what no answer means (on_timeout)',
  on_no_go: 'what a no-go leads to (on_no_go)',
  failure_limit: 'bad measurements allowed (failure_limit)',
  inconclusive_limit: 'measurements allowed that say nothing (inconclusive_limit)',
  consecutive_error_limit: 'failed measurements allowed in a row (consecutive_error_limit)',
  interval: 'time between measurements (interval)',
  initial_delay: 'time before the first measurement (initial_delay)',
  would_lose: 'what shows the loss of a rollback (would_lose)',
  opens: 'start of the maintenance window (opens)',
  hard_stop: 'end of the maintenance window (hard_stop)',
};

const patterns: readonly (readonly [RegExp, string])[] = [
  [/^require (.+) dropped$/, 'no longer requires "$1"'],
  [/^require (.+) added$/, 'requires "$1" as well'],
  [/^verify( \d+)?( dropped| added)?$/, 'its check afterwards (verify$1)$2'],
  [/^precondition( \d+)?( dropped| added)?$/, 'its check beforehand (precondition$1)$2'],
  [/^breaks (".*")$/, 'the invariant $1 is broken'],
  [/^no longer undone: (.+)$/, 'a rollback leaves more: $1'],
  [/^no rollback is offered any more$/, 'people can no longer choose a rollback'],
  [/^other endings$/, 'faults that end in another way'],
  [/^point_of_no_return\b/, 'point of no return'],
  [/^forward_fix (.+)$/, 'instructions instead of a rollback ($1)'],
  [/^sets\.(.+)$/, 'the fact "$1" that it sets'],
  [/^facts\.(.+)$/, 'the fact "$1" at the start'],
  [/^spans\.([\w-]+)( dropped| added)$/, 'the span "$1"$2'],
  [/^spans\.([\w-]+)\.limit$/, 'how long the span "$1" may last (limit)'],
  [/^spans\.([\w-]+)\.on_breach$/, 'what happens at the limit of the span "$1" (on_breach)'],
  [/^spans\.([\w-]+)\.(from|to)$/, 'the steps that the span "$1" counts from or to ($2)'],
  [/^with\.(.*\b(?:run|command))$/, 'its command ($1)'],
  [/^with\.(.+)$/, 'its input "$1"'],
];

const phrase = (part: string): string => {
  const known = Object.hasOwn(keys, part) ? keys[part] : undefined;
  if (known !== undefined) return known;
  const found = patterns.find(([pattern]) => pattern.test(part));
  return found ? part.replace(...found) : part;
};

const isQuoting = /^(breaks |no longer undone: |policy |")/;

/** `verify 2: with.expect.value` as `verify 2, expected value`. */
export const phraseOf = ({ what }: Pick<Change, 'what'>): string =>
  isQuoting.test(what)
    ? phrase(what)
    : what
        .split(': ')
        .map((part, i, all) => (all.length > 1 && i === 0 && /^undo/.test(part) ? part : phrase(part)))
        .join(', ');

const LONGEST = 110;

/** What the step does and where: one line. null: there is no such step. */
export const aboutStep = (step: PlanStep | undefined): string | null => {
  if (!step) return null;
  const does = step.name !== step.id ? step.name : step.kind === 'act' ? previewOf(step.act) : '';
  return [clipped(does), placeOf(step)].filter((part) => part !== '').join('; ');
};

const previewOf = ({ type, preview }: PlanAct): string => `${type}: ${preview.replace(/\s+/g, ' ')}`;

const clipped = (line: string): string => (line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line);

const placeOf = (step: PlanStep): string => {
  if (step.kind === 'gate') return 'a gate: here it is decided whether the run goes on';
  if (step.kind !== 'act') return `a ${step.kind}`;
  const { runOn, target, effects } = step.act;
  const where = `runs on ${runOn === 'local' ? "the engine's machine" : runOn}`;
  const at =
    target === null || target === runOn ? '' : `, ${effects === 'write' ? 'acts on' : 'reads'} ${target}`;
  return `${where}${at}${at === '' && effects === 'read' ? ', only reads' : ''}`;
};

/** What is looked at by the check that a change is in; what a step does that a gate no longer requires. */
export const detailOf = (
  { what }: Pick<Change, 'what'>,
  step: PlanStep | undefined,
  before: Plan | null,
): string | null => {
  const check = /^(verify|precondition)(?: (\d+))?: /.exec(what);
  if (check && step?.kind === 'act') {
    const list = check[1] === 'verify' ? step.verify : step.preconditions;
    const act = list[Number(check[2] ?? 1) - 1];
    return act ? clipped(previewOf(act)) : null;
  }
  const required = /^require (.+) dropped$/.exec(what)?.[1];
  const name = required === undefined ? undefined : before?.steps[required]?.name;
  return name === undefined || name === required ? null : clipped(name);
};

/** The title says what was there before. */
export const isAllSaid = ({ what }: Pick<Change, 'what'>): boolean => /^require .+ dropped$/.test(what);

export const stepIn = (id: string | null, ...plans: readonly (Plan | null | undefined)[]) =>
  id === null ? undefined : plans.map((plan) => plan?.steps[id]).find((step) => step !== undefined);
