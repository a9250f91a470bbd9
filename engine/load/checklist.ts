/** A checklist: each item is decided by a read or by a named person. */

import type { Path } from '../expr/json-schema.ts';
import type { PlanChecklist, PlanItem } from '../plan.ts';
import { compileAct } from './act.ts';
import type { LoadContext } from './context.ts';
import { failurePolicy } from './failure-policy.ts';
import { checkApprovers } from './people.ts';
import type { Checklist, Item } from './schema/watch.ts';
import type { StepSite } from './step-site.ts';

export type ChecklistBody = Omit<
  PlanChecklist,
  'id' | 'name' | 'description' | 'atMs' | 'expectedMs' | 'line' | 'digest'
>;

export const compileChecklist = (step: Checklist, site: StepSite, ctx: LoadContext): ChecklistBody => {
  const { items, approvers, timeout } = step.with;
  const path = [...site.path, 'with'];
  checkIds(items, path, ctx);
  checkApprovers(approvers, path, ctx);
  checkPeople(step, path, ctx);
  return {
    kind: 'checklist',
    items: items.map((item, i): PlanItem => {
      const at = { path: [...path, 'items', i, 'check'], step: step.id, entry: site.entry };
      const check = item.check ? compileAct(item.check, { ...at, role: 'item' }, ctx) : null;
      return { id: item.id, say: item.say, check };
    }),
    approvers: [...new Set(approvers)],
    timeoutMs: timeout ?? null,
    onFailure: failurePolicy(step, site, ctx),
  };
};

const checkIds = (items: readonly Item[], path: Path, ctx: LoadContext): void => {
  for (const [i, { id }] of items.entries()) {
    const first = items.findIndex((item) => item.id === id);
    if (first === i) continue;
    const line = ctx.source.lineOf([...path, 'items', first]);
    ctx.problems.add('RB241', { item: id, line }, ctx.source.value([...path, 'items', i, 'id']));
  }
};

const checkPeople = (step: Checklist, path: Path, ctx: LoadContext): void => {
  const { items, approvers } = step.with;
  const human = items.findIndex((item) => item.check === undefined);
  if (human !== -1 && !approvers) {
    const item = items[human]?.id ?? '';
    ctx.problems.add('RB244', { item }, ctx.source.value([...path, 'items', human, 'id']));
  }
  if (human !== -1) return;
  for (const key of ['approvers', 'timeout'] as const) {
    if (step.with[key] === undefined) continue;
    ctx.problems.add('RB246', { key }, ctx.source.key([...path, key]));
  }
};
