/** A go/no-go decision: by criteria, by people, or both. */

import { nearest } from '../diagnostics/near.ts';
import type { Path } from '../expr/json-schema.ts';
import type { PlanGate } from '../plan.ts';
import { checkCondition } from './condition.ts';
import type { LoadContext } from './context.ts';
import { checkApprovers } from './people.ts';
import type { Gate } from './schema/steps.ts';
import type { StepSite } from './step-site.ts';

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
    prompt: given.prompt ?? null,
    approvers: people,
    minApprovals: given.prompt === undefined ? 0 : (given.min_approvals ?? 1),
    timeoutMs: given.timeout ?? null,
    onTimeout: given.on_timeout ?? 'hold',
    onNoGo: given.on_no_go ?? (site.afterLine ? 'hold' : 'rollback'),
    allowUnattended: given.allow_unattended ?? false,
  };
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
  }
};

const checkPeople = (given: Gate['with'], people: readonly string[], path: Path, ctx: LoadContext): void => {
  const refuse = (key: string, why: string, remedy: string) =>
    ctx.problems.add('RB226', { why, remedy }, ctx.source.key([...path, key]));
  checkApprovers(given.approvers, path, ctx);
  if (given.prompt !== undefined && people.length === 0)
    refuse('prompt', 'The gate asks, but names nobody who may answer', 'Add `approvers`');
  const quorum = given.min_approvals ?? 1;
  if (people.length > 0 && quorum > people.length)
    refuse(
      'min_approvals',
      `${quorum} approvals cannot come from ${people.length} approvers`,
      'Lower `min_approvals`, or name more approvers',
    );
  if (given.prompt === undefined)
    for (const key of ['approvers', 'min_approvals', 'timeout', 'allow_unattended'] as const)
      if (given[key] !== undefined)
        refuse(
          key,
          `\`${key}\` is about an answer, but the gate asks nothing`,
          'Add a `prompt`, or remove it',
        );
  if (given.on_timeout !== undefined && given.timeout === undefined)
    refuse('on_timeout', '`on_timeout` without a `timeout` never comes to pass', 'Add `timeout`');
};
