/** The `targets` section: each judged by its kind, secrets by name. */
import * as z from 'zod';
import type { DataOf } from '../diagnostic.ts';
import { nearest } from '../diagnostics/near.ts';
import { schemaOf } from '../expr/json-schema.ts';
import { hasPlaceholder } from '../expr/placeholders.ts';
import type { Json, JsonObject, PlanTarget } from '../plan.ts';
import type { AnyTargetKind } from '../target.ts';
import type { LoadContext } from './context.ts';
import { fill } from './expressions.ts';
import { reportIssues } from './issues.ts';
import { LOCAL } from './places.ts';
import { reportUnevaluated } from './unevaluated.ts';
import { judge } from './with-input.ts';

export type DeclaredTargets = {
  readonly [name: string]: { readonly type: string; readonly via?: string | undefined } & Record<
    string,
    unknown
  >;
};

export const compileTargets = (
  written: DeclaredTargets,
  ctx: LoadContext,
): ReadonlyMap<string, PlanTarget> => {
  const declared = withVia(written, ctx);
  const plans = new Map<string, PlanTarget>();
  for (const [name, target] of Object.entries(declared)) {
    if (name === LOCAL)
      ctx.problems.add(
        'RB210',
        { kind: 'target', name, rule: 'it is this machine' },
        ctx.source.key(['targets', name]),
      );
    const kind = ctx.registry.targets.get(target.type);
    if (!kind) {
      const known = [...ctx.registry.targets.keys()];
      const position = ctx.source.value(['targets', name, 'type']);
      if (hasPlaceholder(target.type)) {
        reportUnevaluated(target.type, ['targets', name, 'type'], ctx);
        continue;
      }
      const near = meantBy(target.type, ctx) ?? nearest(target.type, known);
      ctx.problems.add('RB207', { type: target.type, near, known }, position);
      continue;
    }
    const plan = compileTarget(name, declared, kind, ctx);
    if (plan) plans.set(name, plan);
  }
  return plans;
};

const whereOf = (name: string): string => `The target "${name}"`;

/** With the vars in every `via` filled in: how a target is reached is settled before it is judged. */
const withVia = (declared: DeclaredTargets, ctx: LoadContext): DeclaredTargets =>
  Object.fromEntries(
    Object.entries(declared).map(([name, target]) => {
      const { via, ...rest } = target;
      if (via === undefined || !hasPlaceholder(via)) return [name, target];
      const path = ['targets', name, 'via'];
      const site = {
        ctx,
        path,
        schema: z.string(),
        level: 'vars',
        where: whereOf(name),
        sure: () => true,
      } as const;
      const { value, failed } = fill(via, site);
      return [name, failed.length > 0 || typeof value !== 'string' ? rest : { ...rest, via: value }];
    }),
  );

const meantBy = (type: string, ctx: LoadContext): string | undefined =>
  [...ctx.registry.targets.values()].find((kind) => kind.alsoCalled?.includes(type.toLowerCase()))?.kind;

const compileTarget = (
  name: string,
  declared: DeclaredTargets,
  kind: AnyTargetKind,
  ctx: LoadContext,
): PlanTarget | null => {
  const { type, via, ...config } = declared[name] ?? { type: '' };
  const before = ctx.problems.count;
  const path = ['targets', name];
  const where = whereOf(name);
  const { value, failed, deferred } = fill(config as JsonObject, {
    ctx,
    path,
    schema: kind.config,
    level: 'secrets',
    where,
    sure: () => true,
  });
  if (via !== undefined) checkVia(name, via, declared, kind, ctx);
  if (failed.length > 0 || ctx.problems.count > before) return null;
  const judgement = judge(kind.config, value as JsonObject, deferred);
  if (!judgement.ok) {
    const schema = schemaOf(kind.config, 'input');
    const withOwn = {
      ...schema,
      properties: { ...schema.properties, type: {}, ...(kind.via && { via: {} }) },
    };
    const label = `target "${name}" (${type})`;
    reportIssues(judgement.issues, {
      source: ctx.source,
      problems: ctx.problems,
      path,
      value,
      schema: withOwn,
      label,
    });
    return null;
  }
  const { input } = judgement;
  for (const file of input === null || deferred.length > 0 ? [] : kind.files(input)) {
    const key = Object.entries(config).find(([, v]) => v === file)?.[0];
    ctx.files.add(file, ctx.source.value(key === undefined ? path : [...path, key]));
  }
  return {
    type,
    via: via ?? null,
    config: value as { [key: string]: Json },
    description: input === null || deferred.length > 0 ? type : kind.describe(input),
  };
};

const checkVia = (
  name: string,
  via: string,
  declared: DeclaredTargets,
  kind: AnyTargetKind,
  ctx: LoadContext,
) => {
  const position = ctx.source.value(['targets', name, 'via']);
  const refuse = (fault: DataOf<'RB222'>['fault']) =>
    ctx.problems.add('RB222', { target: name, fault }, position);
  if (!kind.via) return refuse({ kind: 'reached-directly', type: kind.kind });
  const known = Object.entries(declared)
    .filter(([other, t]) => other !== name && ctx.registry.targets.get(t.type)?.client === 'shell')
    .map(([other]) => other);
  if (!Object.hasOwn(declared, via))
    return ctx.problems.add(
      'RB212',
      { kind: 'target', name: via, near: nearest(via, known), known },
      position,
    );
  if (via !== name && !known.includes(via))
    return refuse({ kind: 'is-a-service', via, type: declared[via]?.type ?? null });
  const seen = new Set([name]);
  for (let hop: string | undefined = via; hop !== undefined; hop = declared[hop]?.via) {
    if (seen.has(hop)) return refuse({ kind: 'loop', at: hop });
    seen.add(hop);
  }
};
