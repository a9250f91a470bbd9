/** Ids, durations, offsets. An error in one is carried as a diagnostic. */
import * as z from 'zod';
import type { Code, DataOf, Diagnostic } from '../../diagnostic.ts';
import { diagnose } from '../../diagnostic.ts';
import { type Parsed, parseDuration, parseOffset } from '../duration.ts';

type Context = z.core.$RefinementCtx;

const refuse = <C extends Code>(ctx: Context, code: C, data: DataOf<C>): typeof z.NEVER => {
  ctx.issues.push({ code: 'custom', input: ctx.value, params: { diagnostic: diagnose(code, data) } });
  return z.NEVER;
};

/** The diagnostic that `refuse` put into a zod issue. */
export const carried = (issue: z.core.$ZodIssue): Diagnostic | null =>
  issue.code === 'custom' && issue.params && 'diagnostic' in issue.params
    ? (issue.params.diagnostic as Diagnostic)
    : null;

const spoken = (
  parse: (text: string) => Parsed,
  code: 'RB208' | 'RB209',
  meta: { pattern: string; examples: string[] },
) =>
  z
    .unknown()
    .meta({ type: 'string', ...meta })
    .transform((value, ctx): number => {
      const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
      const parsed = parse(text);
      return parsed.ok ? parsed.ms : refuse(ctx, code, { got: text, why: parsed.why });
    });

/** `1h30m` to milliseconds. */
export const duration = spoken(parseDuration, 'RB208', {
  pattern: '^(?=\\d)(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?$',
  examples: ['30s', '5m', '1h30m'],
});

/** A duration of 0 would end everything before it starts. */
export const timeLimit = duration.transform((ms, ctx): number =>
  ms > 0 ? ms : refuse(ctx, 'RB208', { got: '0s', why: 'a limit is longer than 0' }),
);

/** `T-30m` to milliseconds from T0. */
export const offset = spoken(parseOffset, 'RB209', {
  pattern: '^T(0|[+-](?=\\d)(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?)$',
  examples: ['T-30m', 'T0', 'T+1h30m'],
});

/** @param shown the pattern for editors, where the expansion of loops makes names of its own */
const named = (kind: string, pattern: RegExp, rule: string, shown = pattern) =>
  z
    .string()
    .meta({ pattern: shown.source })
    .superRefine((name, ctx) => {
      if (!pattern.test(name)) refuse(ctx, 'RB210', { kind, name, rule });
      // Every record inherits these keys: a step of that name would look as if it were known already.
      else if (name in Object.prototype) refuse(ctx, 'RB210', { kind, name, rule: 'this name is reserved' });
    });

export const idRule = 'a small letter, then small letters, digits and dashes';
export const writtenId = /^[a-z][a-z0-9-]*$/;
/** `ro[s1]` in a loop, `sections[s1]/read-only` in a group. */
const idOfPlan =
  /^[a-z][a-z0-9-]*(?:\[[A-Za-z0-9][A-Za-z0-9._-]*\])?(?:\/[a-z][a-z0-9-]*(?:\[[A-Za-z0-9][A-Za-z0-9._-]*\])?)*$/;

export const stepId = named('step', idOfPlan, idRule, writtenId);
/** Targets of a loop have an expression in their names, which the expansion fills in. */
export const targetName = named(
  'target',
  /^[a-z][a-z0-9_-]*$/,
  'a small letter, then small letters, digits, - and _',
  /^(?:[a-z]|\$\{\{[^}]*\}\})(?:[a-z0-9_-]|\$\{\{[^}]*\}\})*$/,
);
export const placeName = (kind: string) =>
  named(kind, /^[a-z][a-z0-9_-]*$/, 'a small letter, then small letters, digits, - and _');
export const valueName = (kind: string) =>
  named(kind, /^[A-Za-z][A-Za-z0-9_]*$/, 'a letter, then letters, digits and _');

export const line = z
  .string()
  .min(1)
  .regex(/^[^\r\n]*$/, 'one line was expected');
