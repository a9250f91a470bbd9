/** A go/no-go decision: by criteria, by people, or both. */

import { nearest } from '../diagnostics/near.ts';
import type { Path } from '../expr/json-schema.ts';
import type { PlanGate } from '../plan.ts';
import { checkCondition } from './condition.ts';
import type { LoadContext } from './context.ts';
import { checkApprovers } from './people.ts';
import type { Gate } from './schema/steps.ts';
import type { StepSite } from './step-site.ts';
import { textAsWritten } from './text-as-written.ts';

export type GateBody = Omit<
  PlanGate,
  'id' | 'name' | 'description' | 'atMs' | 'expectedMs' | 'line' | 'digest'
>;

export const compileGate = (gate: Gate, site: StepSite, ctx: LoadContext): GateBody => {
  const path = [...site.path, 'with'];
  const given = gate.with;
  const people = [...new Set(given.approvers)];
  if (!given.require?.length && !given.criteria?.length && given.prompt === undefined)
    ctx.problems.add('RB225', {}, ctx.source.key(path));
  checkRequired(gate, site, path, ctx);
  checkPeople(given, people, path, ctx);
  given.criteria?.forEach((expr, i) => {
    const here = { step: gate.id, entry: site.entry, path: [...path, 'criteria', i] };
    const what = { what: 'a criterion', field: 'criteria', expected: 'true or false' } as const;
    checkCondition(expr, { ...here, ...what }, ctx);
  });
  if (given.on_no_go === 'rollback' && site.afterLine)
    ctx.problems.add('RB233', { step: gate.id, what: 'a rollback' }, ctx.source.value([...path, 'on_no_go']));
  return {
    kind: 'gate',
    require: given.require ?? [],
    criteria: given.criteria ?? [],
    ...asWritten(given.criteria ?? [], path, ctx),
    prompt: given.prompt ?? null,
    approvers: people,
    minApprovals: given.prompt === undefined ? 0 : (given.min_approvals ?? 1),
    timeoutMs: given.timeout ?? null,
    onTimeout: given.on_timeout ?? 'hold',
    onNoGo: given.on_no_go ?? (site.afterLine ? 'hold' : 'rollback'),
    allowUnattended: given.allow_unattended ?? false,
  };
};

/** Only where it differs: a step that a loop wrote out names its own items. */
const asWritten = (
  criteria: readonly string[],
  path: Path,
  { source }: LoadContext,
): Pick<GateBody, 'criteriaAsWritten'> => {
  const texts = criteria.map((expr, i) => textAsWritten(expr, [...path, 'criteria', i], source));
  return texts.every((text, i) => text === criteria[i]) ? {} : { criteriaAsWritten: texts };
};

const checkRequired = (gate: Gate, { entry }: StepSite, path: Path, ctx: LoadContext): void => {
  for (const [i, step] of (gate.with.require ?? []).entries()) {
    const position = ctx.source.value([...path, 'require', i]);
    const found = ctx.steps.find(step);
    const known = ctx.steps.ids();
    if (!found)
      ctx.problems.add('RB212', { kind: 'step', name: step, near: nearest(step, known), known }, position);
    else if (found.entry >= entry) ctx.problems.add('RB227', { step, gate: gate.id }, position);
    else if (!ctx.steps.isOverBy(found, { id: gate.id, entry }))
      ctx.problems.add('RB242', { step, gate: gate.id }, position);
    else if (found.conditional !== null)
      ctx.problems.add('RB286', { step, gate: gate.id, why: found.conditional }, position);
  }
};

const checkPeople = (given: Gate['with'], people: readonly string[], path: Path, ctx: LoadContext): void => {
  const { problems, source } = ctx;
  const key = (name: keyof Gate['with']) => source.key([...path, name]);
  checkApprovers(given.approvers, path, ctx);
  if (given.prompt !== undefined && people.length === 0) problems.add('RB226', {}, key('prompt'));
  const needed = given.min_approvals ?? 1;
  if (people.length > 0 && needed > people.length)
    problems.add('RB235', { needed, approvers: people.length }, key('min_approvals'));
  if (given.prompt === undefined)
    for (const name of ['approvers', 'min_approvals', 'timeout', 'allow_unattended'] as const)
      if (given[name] !== undefined) problems.add('RB237', { key: name }, key(name));
  if (given.on_timeout !== undefined && given.timeout === undefined)
    problems.add('RB236', {}, key('on_timeout'));
};
