/** Where a call executes and what it acts upon. */
import type { Position } from '../diagnostic.ts';
import { nearest } from '../diagnostics/near.ts';
import type { AnyStepType, TargetUse } from '../step.ts';
import type { Call, CallSite } from './call.ts';
import type { LoadContext } from './context.ts';
import type { Deferred } from './expressions.ts';

export const LOCAL = 'local';

/** Names of the targets at which acts can execute. */
export const placesOf = (ctx: LoadContext): readonly string[] => {
  const names = [...ctx.targets].filter(([, t]) => ctx.registry.targets.get(t.type)?.client === 'shell');
  return [LOCAL, ...names.map(([name]) => name)];
};

export const isPlace = (name: string, ctx: LoadContext): boolean => placesOf(ctx).includes(name);

/** It is written, and what it says is not known: reported as such, not as missing. */
const isUnread = (call: Call, key: 'run_on' | 'target', site: CallSite, ctx: LoadContext): boolean =>
  call[key] === undefined && ctx.source.written([...site.path, key]) !== null;

export const placeOf = (call: Call, type: AnyStepType, site: CallSite, ctx: LoadContext): string => {
  const usual = ctx.defaults.run_on ?? LOCAL;
  const kindOf = (name: string) => (name === LOCAL ? 'local' : 'ssh');
  const takes = (name: string) => type.places.includes(kindOf(name));
  // A default speaks for the steps that can follow it.
  const name = call.run_on ?? (takes(usual) ? usual : LOCAL);
  const position = () => ctx.source.value([...site.path, call.run_on === undefined ? 'type' : 'run_on']);
  if (call.run_on !== undefined && !isPlace(name, ctx)) {
    const known = placesOf(ctx);
    const service = ctx.targets.get(name)?.type;
    if (service !== undefined) ctx.problems.add('RB221', { target: name, type: service }, position());
    else ctx.problems.add('RB212', { kind: 'place', name, near: nearest(name, known), known }, position());
  } else if (!takes(name) && !isUnread(call, 'run_on', site, ctx)) {
    ctx.problems.add('RB234', { type: type.type, only: name === LOCAL ? 'ssh' : 'local' }, position());
  }
  return name;
};

export const targetOf = (call: Call, type: AnyStepType, site: CallSite, ctx: LoadContext): string | null => {
  const kinds = [...type.targets];
  const at = (key: string) => ctx.source.value([...site.path, key]);
  if (call.target === undefined) {
    if (kinds.length > 0 && !isUnread(call, 'target', site, ctx))
      ctx.problems.add('RB220', { type: type.type, why: 'required', kinds, got: '' }, at('type'));
    return null;
  }
  if (kinds.length === 0) {
    const position = ctx.source.key([...site.path, 'target']);
    ctx.problems.add('RB220', { type: type.type, why: 'takes none', kinds, got: call.target }, position);
    return null;
  }
  judgeTarget(call.target, { kinds, type: type.type, key: 'target', position: at('target') }, ctx);
  return call.target;
};

interface Wanted {
  readonly kinds: readonly string[];
  /** The step type that wants it. */
  readonly type: string;
  readonly key: string;
  readonly position: Position;
}

/** Reports a target that is not declared, or is of a kind that is not wanted. */
const judgeTarget = (name: string, { kinds, type, key, position }: Wanted, ctx: LoadContext): void => {
  const target = name === LOCAL && kinds.includes(LOCAL) ? { type: LOCAL } : ctx.targets.get(name);
  if (!target) {
    const known = [...ctx.targets].filter(([, t]) => kinds.includes(t.type)).map(([known]) => known);
    ctx.problems.add('RB212', { kind: 'target', name, near: nearest(name, known), known }, position);
  } else if (!kinds.includes(target.type))
    ctx.problems.add('RB220', { type, why: 'wrong kind', kinds, got: target.type, key }, position);
};

const isUnder = (path: TargetUse['path'], head: Deferred['path']): boolean =>
  head.every((key, i) => path[i] === key);

/**
 * Names of the targets that the input names, each once. They are settled at load, since the review, the digest
 * and the dry run speak of targets by name.
 * @param input null: no placeholder value satisfies the schema
 */
export const usesOf = (
  type: AnyStepType,
  input: unknown,
  deferred: readonly Deferred[],
  site: CallSite,
  ctx: LoadContext,
): readonly string[] => {
  if (!type.uses) return [];
  const at = (path: TargetUse['path']) => ctx.source.value([...site.path, 'with', ...path]);
  const unsettled = ({ path }: Deferred) =>
    ctx.problems.add('RB319', { where: `Which targets \`with.${path.join('.')}\` names` }, at(path));
  if (input === null) {
    deferred.filter(({ undecided }) => !undecided).forEach(unsettled);
    return [];
  }
  const uses = type.uses(input);
  for (const { target, kinds, path } of uses) {
    const late = deferred.find((d) => isUnder(path, d.path));
    if (late && !late.undecided) unsettled(late);
    else if (!late)
      judgeTarget(target, { kinds, type: type.type, key: `with.${path.join('.')}`, position: at(path) }, ctx);
  }
  const settled = uses.filter(({ path }) => !deferred.some((d) => isUnder(path, d.path)));
  return [...new Set(settled.map(({ target }) => target))];
};
