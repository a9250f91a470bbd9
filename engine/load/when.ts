/** The `when` of a step: whether it starts at all. */

import { checkCondition } from './condition.ts';
import type { LoadContext } from './context.ts';
import type { StepSite } from './step-site.ts';
import { textAsWritten } from './text-as-written.ts';
import { bareCondition } from './when-text.ts';

/** As CEL; empty: it always runs, or what is wrong is reported. */
export const compileWhen = (
  step: { readonly id: string; readonly when?: string | boolean | undefined },
  site: StepSite,
  ctx: LoadContext,
): { readonly when?: string; readonly whenAsWritten?: string } => {
  if (step.when === undefined || step.when === true) return {};
  const path = [...site.path, 'when'];
  if (site.beside !== undefined) {
    ctx.problems.add('RB287', { step: step.id, side: site.beside }, ctx.source.key(path));
    return {};
  }
  if (step.when === false) return { when: 'false' };
  const { expr, start, open, mixed } = bareCondition(step.when);
  if (mixed !== null) {
    ctx.problems.add('RB288', {}, ctx.source.within(path, { start: mixed, end: mixed + 3, open: null }));
    return {};
  }
  const here = { step: step.id, entry: site.entry, path, what: '`when`', field: 'when' };
  checkCondition(expr, { ...here, expected: 'true or false', reader: 'when', within: { start, open } }, ctx);
  ctx.evaluated.add(path);
  const written = bareCondition(textAsWritten(step.when, path, ctx.source)).expr;
  return { when: expr, ...(written !== expr && { whenAsWritten: written }) };
};
