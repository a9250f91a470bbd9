import { nearest } from '../diagnostics/near.ts';
import type { Path } from '../expr/json-schema.ts';
import type { LoadContext } from './context.ts';

/** Names under `approvers` that the runbook does not declare are reported. */
export const checkApprovers = (given: readonly string[] | undefined, path: Path, ctx: LoadContext): void => {
  for (const [i, name] of (given ?? []).entries()) {
    if (ctx.approvers.includes(name)) continue;
    const known = ctx.approvers;
    const data = { kind: 'approver', name, near: nearest(name, known), known };
    ctx.problems.add('RB212', data, ctx.source.value([...path, 'approvers', i]));
  }
};
