/** One call of a step type: the act of a step, a check, or a step of an own undo. */
import type * as z from 'zod';
import { nearest } from '../diagnostics/near.ts';
import { type Path, schemaOf } from '../expr/json-schema.ts';
import type { JsonObject, PlanAct, RetryPolicy } from '../plan.ts';
import type { AnyStepType } from '../step.ts';
import type { Call, CallSite, Role } from './call.ts';
import type { LoadContext } from './context.ts';
import { type Filled, fill } from './expressions.ts';
import { reportIssues } from './issues.ts';
import { reportShellLooks } from './literal/shell-looks.ts';
import { placeOf, targetOf, usesOf } from './places.ts';
import { compileUntil } from './polling.ts';
import { CORE_TYPES } from './schema/steps.ts';
import type { Reader } from './step-index.ts';
import { isSure } from './sure.ts';
import { judge, type StoodIn } from './with-input.ts';

const DEFAULT_TIMEOUT_MS = 5 * 60_000;
const DEFAULT_KILL_GRACE_MS = 10_000;
/** A verify is polled; a precondition passes or fails at once. */
const POLICY: Record<Role, RetryPolicy> = {
  act: { limit: 0, intervalMs: 5000, backoff: 1 },
  undo: { limit: 0, intervalMs: 5000, backoff: 1 },
  precondition: { limit: 0, intervalMs: 1000, backoff: 1 },
  'undo precondition': { limit: 0, intervalMs: 1000, backoff: 1 },
  would_lose: { limit: 0, intervalMs: 1000, backoff: 1 },
  measurement: { limit: 0, intervalMs: 1000, backoff: 1 },
  item: { limit: 0, intervalMs: 1000, backoff: 1 },
  'act of the trip': { limit: 0, intervalMs: 5000, backoff: 1 },
  verify: { limit: 5, intervalMs: 1000, backoff: 1 },
  'undo verify': { limit: 5, intervalMs: 1000, backoff: 1 },
};

const isCheck = (role: Role): boolean => role !== 'act' && role !== 'undo' && role !== 'act of the trip';

const readerOf = (role: Role): Reader =>
  role === 'verify'
    ? 'verify'
    : role === 'undo' || role === 'undo precondition' || role === 'undo verify'
      ? 'undo'
      : 'act';

const policyOf = (call: Call, role: Role, ctx: LoadContext): RetryPolicy => {
  const given =
    call.until !== undefined
      ? { limit: 0 }
      : (call.retry ?? (isCheck(role) ? undefined : ctx.defaults.retry));
  const usual = POLICY[role];
  return {
    limit: given?.limit ?? usual.limit,
    intervalMs: given?.interval ?? usual.intervalMs,
    backoff: given?.backoff ?? usual.backoff,
  };
};

const labelOf = (call: Call, site: CallSite): string => {
  const owner = site.step === null ? 'the point of no return' : `step "${site.step}"`;
  return site.role === 'act' ? `${owner} (${call.type})` : `the ${site.role} of ${owner} (${call.type})`;
};

const findType = (call: Call, site: CallSite, ctx: LoadContext): AnyStepType | null => {
  const type = ctx.registry.steps.get(call.type);
  if (type) return type;
  const position = ctx.source.value([...site.path, 'type']);
  if ((CORE_TYPES as readonly string[]).includes(call.type)) {
    ctx.problems.add('RB223', { type: call.type, role: site.role }, position);
    return null;
  }
  const known = [...ctx.registry.steps.keys(), ...(site.role === 'act' ? CORE_TYPES : [])].sort();
  ctx.problems.add('RB206', { type: call.type, near: nearest(call.type, known), known }, position);
  return null;
};

/** null: what is wrong is reported. */
export const compileAct = (call: Call, site: CallSite, ctx: LoadContext): PlanAct | null => {
  const type = findType(call, site, ctx);
  if (!type) return null;
  reportShellLooks((call.with ?? {}) as JsonObject, type.input, [...site.path, 'with'], ctx);
  const before = ctx.problems.count;
  const filled = fillWith(call, site, type.input, ctx);
  const runOn = placeOf(call, type, site, ctx);
  const target = targetOf(call, type, site, ctx);
  if (filled.failed.length > 0 || ctx.problems.count > before) return null;

  const given = filled.value as JsonObject;
  const judgement = judge(type.input, given, filled.deferred);
  if (!judgement.ok) {
    const path = call.with === undefined ? site.path : [...site.path, 'with'];
    const label = labelOf(call, site);
    reportIssues(judgement.issues, {
      source: ctx.source,
      problems: ctx.problems,
      path,
      value: given,
      schema: schemaOf(type.input, 'input'),
      label,
    });
    return null;
  }
  const { input, stoodIn } = judgement;
  // What such a step does depends on vars that have no value yet.
  if (input === null && filled.deferred.every((d) => d.undecided)) {
    for (const name of ctx.undecided) ctx.needed.add(name);
    return null;
  }
  const effects = input === null ? 'write' : type.effects(input);
  if (isCheck(site.role) && effects !== 'read') {
    ctx.problems.add('RB223', { type: call.type, role: site.role }, ctx.source.value([...site.path, 'type']));
    return null;
  }
  const until = compileUntil(call, { type, effects }, site, ctx);
  const uses = usesOf(type, input, filled.deferred, site, ctx);
  if (ctx.problems.count > before) return null;
  if (input !== null) ctx.reads.add(type, input, site, { target, label: labelOf(call, site) }, ctx);
  const files = input === null ? [] : type.files(input);
  nameFiles(files, call, filled.deferred, site, ctx);
  const onInterrupt = input === null ? 'finish' : type.onInterrupt(input);
  const act: PlanAct = {
    ...(until && { until }),
    type: type.type,
    typeVersion: type.version,
    with: given,
    runOn,
    target,
    ...(uses.length > 0 && { uses }),
    effects,
    onUnknown: type.rerunsSafely?.(given) ? 'rerun' : type.onUnknown,
    detachable: onInterrupt !== 'finish',
    ...(onInterrupt === 'rest' && { pausable: true }),
    timeoutMs: call.timeout ?? ctx.defaults.timeout ?? DEFAULT_TIMEOUT_MS,
    killGraceMs: call.kill_grace ?? ctx.defaults.kill_grace ?? DEFAULT_KILL_GRACE_MS,
    retry: policyOf(call, site.role, ctx),
    message: call.message ?? null,
    preview:
      input === null
        ? `${type.type} ${JSON.stringify(given)}`
        : asWritten(
            type.preview(input, (path) => writtenAt(filled.deferred, path)),
            stoodIn,
          ),
    reads: [...filled.reads].sort(),
  };
  ctx.files.assign(act, files);
  ctx.calls.add({ act, site, type, input });
  return act;
};

/** A hash is often shown by its first 12 digits. */
const asWritten = (preview: string, stoodIn: StoodIn): string =>
  [...stoodIn].reduce(
    (text, [by, written]) => text.replaceAll(by, written).replaceAll(by.slice(0, 12), written),
    preview,
  );

const writtenAt = (deferred: Filled['deferred'], path: Path): string | undefined =>
  deferred.find((d) => d.path.length === path.length && d.path.every((key, i) => key === path[i]))?.text;

const fillWith = (call: Call, site: CallSite, schema: z.ZodType, ctx: LoadContext): Filled =>
  fill((call.with ?? {}) as JsonObject, {
    ctx,
    path: [...site.path, 'with'],
    schema,
    level: 'run',
    where: '`with`',
    sure: (read, at) => isSure(read, site, readerOf(site.role), at, ctx),
  });

const nameFiles = (
  files: readonly string[],
  call: Call,
  deferred: Filled['deferred'],
  site: CallSite,
  ctx: LoadContext,
): void => {
  for (const path of files) {
    if (deferred.some((d) => d.undecided && d.text === path)) continue;
    const key = Object.entries(call.with ?? {}).find(([, value]) => value === path)?.[0];
    const position = ctx.source.value([...site.path, 'with', ...(key === undefined ? [] : [key])]);
    if (path.includes('${{')) ctx.problems.add('RB319', { where: 'The name of a file' }, position);
    else ctx.files.add(path, position);
  }
};
