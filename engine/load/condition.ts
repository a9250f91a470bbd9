/** A CEL expression that is written in the file without `${{ }}`. */
import type { CheckResult, Result } from '../expr/check.ts';
import type { Path } from '../expr/json-schema.ts';
import type { LoadContext } from './context.ts';

export interface ConditionSite {
  /** Step whose expression it is, and its place in the list. */
  readonly step: string;
  readonly entry: number;
  readonly path: Path;
  /** `a criterion` */
  readonly what: string;
  readonly field: string;
  readonly expected: 'true or false' | 'a whole number';
  /** What a watch measures. */
  readonly result?: Result;
}

/** What it needs of a load: of a runbook's, or of a template type's. */
export type ConditionContext = Pick<LoadContext, 'source' | 'problems'> & {
  readonly checker: { check(expr: string, of?: Result): CheckResult };
  readonly steps: Pick<LoadContext['steps'], 'doubt'>;
};

const fits = { 'true or false': ['bool', 'dyn'], 'a whole number': ['int', 'dyn'] } as const;

/** Reports what is wrong with it. */
export const checkCondition = (expr: string, site: ConditionSite, ctx: ConditionContext): void => {
  const { source, problems } = ctx;
  const at = (start: number, end: number) => source.within(site.path, { start, end, open: null });
  if (expr.includes('${{')) {
    const start = expr.indexOf('${{');
    problems.add('RB301', { fault: { kind: 'marked', what: site.what } }, at(start, start + 3));
    return;
  }
  const result = ctx.checker.check(expr, site.result);
  if (!result.ok) {
    for (const { diagnostic, start, end } of result.flaws) problems.addDiagnostic(diagnostic, at(start, end));
    return;
  }
  const { type, secret, reads } = result.checked;
  if (secret !== null) problems.add('RB309', { name: `secrets.${secret}` }, source.value(site.path));
  else if (!(fits[site.expected] as readonly string[]).includes(type)) {
    problems.add(
      'RB318',
      { field: site.field, got: type, expected: [site.expected] },
      source.value(site.path),
    );
  }
  for (const { step, start, end } of reads) {
    const why = ctx.steps.doubt(step, { id: site.step, entry: site.entry }, 'act');
    if (why !== null) problems.add('RB308', { step, why }, at(start, end));
  }
};
