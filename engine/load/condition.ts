/** A CEL expression that is written in the file without `${{ }}`. */
import type { CheckResult, Result, StepRead } from '../expr/check.ts';
import type { Path } from '../expr/json-schema.ts';
import type { LoadContext } from './context.ts';
import type { Reader } from './step-index.ts';
import { isSure } from './sure.ts';

export interface ConditionSite {
  /** Step whose expression it is, and its place in the list. */
  readonly step: string;
  readonly entry: number;
  readonly path: Path;
  /** `a criterion` */
  readonly what: string;
  readonly field: string;
  readonly expected: 'true or false' | 'a whole number';
  /** Where in the value it stands; default: it is all of it. */
  readonly within?: { readonly start: number; readonly open: number | null };
  readonly reader?: Reader;
  /** What a watch measures. */
  readonly result?: Result;
}

/** What it needs of a load: of a runbook's, or of a template type's. */
type ConditionContext = Pick<LoadContext, 'source' | 'problems'> & {
  readonly checker: { check(expr: string, of?: Result): CheckResult };
};

const fits = { 'true or false': ['bool', 'dyn'], 'a whole number': ['int', 'dyn'] } as const;

type Where = Pick<ConditionSite, 'path' | 'what' | 'field' | 'expected' | 'within' | 'result'>;

const placesIn = ({ path, within }: Where, { source }: ConditionContext) => {
  const from = within?.start ?? 0;
  return (start: number, end: number) =>
    source.within(path, { start: from + start, end: from + end, open: within?.open ?? null });
};

/** Reports what is wrong with it. */
export const checkCondition = (expr: string, site: ConditionSite, ctx: LoadContext): void => {
  const at = placesIn(site, ctx);
  for (const read of readsOfCondition(expr, site, ctx))
    isSure(read, site, site.reader ?? 'act', at(read.start, read.end), ctx);
};

/** The steps that it reads. Reports what is wrong with the expression itself. */
export const readsOfCondition = (expr: string, site: Where, ctx: ConditionContext): readonly StepRead[] => {
  const { source, problems } = ctx;
  const at = placesIn(site, ctx);
  if (expr.includes('${{')) {
    const start = expr.indexOf('${{');
    problems.add('RB301', { fault: { kind: 'marked', what: site.what } }, at(start, start + 3));
    return [];
  }
  const result = ctx.checker.check(expr, site.result);
  if (!result.ok) {
    for (const { diagnostic, start, end } of result.flaws) problems.addDiagnostic(diagnostic, at(start, end));
    return [];
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
  return reads;
};
