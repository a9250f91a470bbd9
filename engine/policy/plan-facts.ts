/** What expressions of a policy can read of a plan: CEL types for the check, values for the evaluation. */
import type { Environment } from '@marcbachmann/cel-js';
import { baseEnvironment } from '../expr/environment.ts';
import { toCel } from '../expr/values.ts';
import type { Plan, PlanAct, PlanGate, PlanStep } from '../plan.ts';

const duration = 'google.protobuf.Duration';

/** By name of the type; a type stands after those it names. What can be absent is asked for with `has()`. */
export const planTypes = {
  Target: { type: 'string', via: 'string', description: 'string' },
  Window: { opens: duration, hard_stop: duration },
  Call: { type: 'string', run_on: 'string', target: 'string', preview: 'string' },
  Undo: { mode: 'string', why: 'string' },
  Step: {
    id: 'string',
    name: 'string',
    kind: 'string',
    type: 'string',
    line: 'int',
    at: duration,
    expected: duration,
    timeout: duration,
    effects: 'string',
    run_on: 'string',
    target: 'string',
    targets: 'list<string>',
    preview: 'string',
    with: 'map<string, dyn>',
    retries: 'int',
    on_failure: 'string',
    preconditions: 'list<Call>',
    verify: 'list<Call>',
    undo: 'Undo',
    after_no_return: 'bool',
  },
  Gate: {
    id: 'string',
    name: 'string',
    line: 'int',
    at: duration,
    timeout: duration,
    approvers: 'list<string>',
    min_approvals: 'int',
    require: 'list<string>',
    criteria: 'list<string>',
    prompt: 'string',
    on_timeout: 'string',
    on_no_go: 'string',
    allow_unattended: 'bool',
  },
  Span: {
    name: 'string',
    from: 'list<string>',
    to: 'list<string>',
    limit: duration,
    on_breach: 'string',
  },
  NoReturn: { gate: 'string', act: 'string' },
  Plan: {
    name: 'string',
    environment: 'string',
    vars: 'map<string, dyn>',
    locals: 'map<string, dyn>',
    secrets: 'map<string, string>',
    targets: 'map<string, Target>',
    approvers: 'list<string>',
    window: 'Window',
    steps: 'list<Step>',
    gates: 'list<Gate>',
    point_of_no_return: 'NoReturn',
    invariants: 'list<string>',
    spans: 'list<Span>',
  },
} as const satisfies Record<string, Record<string, string>>;

let offsets: ReturnType<Environment['parse']> | undefined;
const known = new Map<number, unknown>();

/** The library's own kind of value, which it makes itself only. */
const celDuration = (ms: number): unknown => {
  const made = known.get(ms);
  if (made !== undefined) return made;
  offsets ??= baseEnvironment().clone().registerVariable('text', 'string').parse('duration(text)');
  const value: unknown = offsets({ text: `${ms}ms` });
  known.set(ms, value);
  return value;
};

/** Without the members that are null: `has()` is false for them, and reading one is an error. */
const fields = (members: { readonly [name: string]: unknown }): ReadonlyMap<string, unknown> =>
  new Map(Object.entries(members).filter(([, value]) => value !== null));

const span = (ms: number | null): unknown => (ms === null ? null : celDuration(ms));

const call = ({ type, runOn, target, preview }: PlanAct) =>
  fields({ type, run_on: runOn, target: target ?? '', preview });

const stepFacts = (step: PlanStep, afterNoReturn: boolean) => {
  const { id, name, kind, line } = step;
  const act = step.kind === 'act' ? step.act : step.kind === 'watch' ? step.measure : null;
  return fields({
    id,
    name,
    kind,
    type: step.kind === 'act' ? step.act.type : kind,
    line: BigInt(line),
    at: span(step.atMs),
    expected: span(step.expectedMs),
    timeout: span(act ? act.timeoutMs : 'timeoutMs' in step ? step.timeoutMs : null),
    effects: act?.effects ?? 'none',
    run_on: act?.runOn ?? '',
    target: act?.target ?? '',
    targets: act ? [...(act.target === null ? [] : [act.target]), ...(act.uses ?? [])] : [],
    preview: act?.preview ?? '',
    with: toCel(act?.with ?? {}, {}),
    retries: BigInt(act?.retry.limit ?? 0),
    on_failure: 'onFailure' in step ? step.onFailure : '',
    preconditions: step.kind === 'act' ? step.preconditions.map(call) : [],
    verify: step.kind === 'act' ? step.verify.map(call) : [],
    undo:
      step.kind === 'act'
        ? fields({ mode: step.undo.mode, why: step.undo.why ?? '' })
        : fields({ mode: 'nothing', why: '' }),
    after_no_return: afterNoReturn,
  });
};

const gateFacts = (gate: PlanGate) =>
  fields({
    id: gate.id,
    name: gate.name,
    line: BigInt(gate.line),
    at: span(gate.atMs),
    timeout: span(gate.timeoutMs),
    approvers: gate.approvers,
    min_approvals: BigInt(gate.minApprovals),
    require: gate.require,
    criteria: gate.criteria,
    prompt: gate.prompt ?? '',
    on_timeout: gate.onTimeout,
    on_no_go: gate.onNoGo,
    allow_unattended: gate.allowUnattended,
  });

/** In the order in which they run, each with whether it stands after the point of no return. */
const inOrder = (plan: Plan): readonly { readonly step: PlanStep; readonly after: boolean }[] => {
  let after = false;
  const found: { step: PlanStep; after: boolean }[] = [];
  for (const entry of plan.entries) {
    if (entry.kind === 'line') after = true;
    else
      for (const id of entry.kind === 'step' ? [entry.step] : entry.steps) {
        const step = plan.steps[id];
        if (step) found.push({ step, after });
      }
  }
  return found;
};

/** The value of `plan`. */
export const planFacts = (plan: Plan): ReadonlyMap<string, unknown> => {
  const steps = inOrder(plan);
  const line = plan.entries.find((entry) => entry.kind === 'line');
  return fields({
    name: plan.name,
    environment: plan.environment ?? '',
    vars: toCel(plan.vars, {}),
    locals: toCel(plan.locals ?? {}, {}),
    secrets: new Map(
      Object.entries(plan.secrets).map(([name, source]) => [name, Object.keys(source)[0] ?? '']),
    ),
    targets: new Map(
      Object.entries(plan.targets).map(([name, { type, via, description }]) => [
        name,
        fields({ type, via: via ?? '', description }),
      ]),
    ),
    approvers: Object.keys(plan.approvers),
    window: fields({ opens: span(plan.timeline.opensMs), hard_stop: span(plan.timeline.hardStopMs) }),
    steps: steps.map(({ step, after }) => stepFacts(step, after)),
    gates: steps.flatMap(({ step }) => (step.kind === 'gate' ? [gateFacts(step)] : [])),
    point_of_no_return: line ? fields({ gate: line.gate, act: line.act }) : null,
    invariants: (plan.invariants ?? []).map(({ name }) => name),
    spans: (plan.spans ?? []).map(({ name, from, to, limitMs, onBreach }) =>
      fields({ name, from, to, limit: span(limitMs), on_breach: onBreach }),
    ),
  });
};
