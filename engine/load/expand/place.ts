/** First pass: where each step of the expanded list comes from, and what every name means. Nothing is rewritten yet. */
import type { Path } from '../../expr/json-schema.ts';
import { hasPlaceholder } from '../../expr/placeholders.ts';
import type { Json, JsonObject } from '../../plan.ts';
import { isMap } from '../is-map.ts';
import { isLine } from '../line.ts';
import { group, loopKeys } from '../schema/loops.ts';
import { isCore } from '../schema/steps.ts';
import { idRule, writtenId } from '../schema/values.ts';
import { parseSection } from '../section.ts';
import { type Expanding, type Here, inItem } from './here.ts';
import { type Loop, loopOf } from './loop.ts';
import { type Named, scopeIn, wrong } from './names.ts';
import { insidePart, partOf } from './part.ts';
import { rewriteExpression } from './rewrite.ts';
import { leaveOut, settleWhen } from './when.ts';

/** A step, or whatever else stands in the place of one. */
export interface PlacedStep {
  readonly kind: 'step';
  readonly value: Json;
  readonly path: Path;
  readonly here: Here;
  /** Of the plan; null: as written. */
  readonly id: string | null;
}

/** Steps that run in order, beside the other branches. */
export interface Lane {
  readonly kind: 'lane';
  readonly path: Path;
  readonly here: Here;
  readonly steps: readonly Placed[];
}

export interface PlacedParallel {
  readonly kind: 'parallel';
  /** As written; null: a loop makes it. */
  readonly value: JsonObject | null;
  readonly path: Path;
  readonly here: Here;
  readonly branches: readonly (Placed | Lane)[];
}

export type Placed = PlacedStep | PlacedParallel;

/** Of one item, or of what is there once. */
interface Instance {
  readonly named: Named;
  readonly here: Here;
  readonly placed: readonly Placed[];
}

/** @param key of the item; null: there is no loop */
type Make = (here: Here, key: string | null) => Instance;

export const placeList = (
  list: readonly Json[],
  path: Path,
  here: Here,
  pass: Expanding,
): readonly Placed[] =>
  list.flatMap((value, i) => {
    const at = [...path, i];
    if (!isMap(value)) return [asWritten(value, at, here)];
    // Beside the point of no return a `when` is refused, whatever it gives.
    const besideLine = [list[i - 1], list[i + 1]].some((next) => next !== undefined && isLine(next));
    const settled = besideLine ? { value, here, pass } : settleWhen(value, at, here, pass);
    return placeEntry(settled.value, at, settled.here, settled.pass);
  });

const placeEntry = (value: JsonObject, path: Path, here: Here, pass: Expanding): readonly Placed[] => {
  if (isLine(value) && here.part) {
    pass.problems.add(
      'RB330',
      { what: 'The point of no return' },
      here.source.key([...path, 'point_of_no_return']),
    );
    return [];
  }
  if (isLine(value))
    return mayStand('The point of no return', path, here, pass) ? [asWritten(value, path, here)] : [];
  if ('parallel' in value) return placeParallel(value, path, here, pass);
  const loop = loopOf(value, path, 'serial', here, pass);
  if (loop !== null && loop !== 'wrong' && loop.mode === 'parallel') {
    if (!mayStand('Parallel work', path, here, pass)) return declareWrong(value, path, here, pass);
    const instances = instancesOf(value, path, loop, { ...here, inLane: isChain(value) }, pass);
    const there = instances.filter(({ placed }) => placed.length > 0);
    return batchesOf(there, loop.batch ?? there.length).map((batch) => ({
      kind: 'parallel',
      value: null,
      path,
      here,
      branches: batch.map((instance) => branchOf(instance, value, path)),
    }));
  }
  return instancesOf(value, path, loop, here, pass).flatMap(({ placed }) => placed);
};

const asWritten = (value: Json, path: Path, here: Here): PlacedStep => ({
  kind: 'step',
  value,
  path,
  here,
  id: null,
});

/** Reports what a chain of parallel work, or a loop, cannot hold. */
const mayStand = (what: string, path: Path, here: Here, { problems }: Expanding): boolean => {
  if (!here.inLane && !(here.items.length > 0 && what.startsWith('The point'))) return true;
  problems.add(here.inLane ? 'RB270' : 'RB271', { what }, here.source.value(path));
  return false;
};

const declareWrong = (value: JsonObject, path: Path, here: Here, pass: Expanding): readonly [] => {
  declare(value.id, wrong, path, here, pass);
  return [];
};

const placeParallel = (value: JsonObject, path: Path, here: Here, pass: Expanding): readonly Placed[] => {
  if (!mayStand('Parallel work', path, here, pass)) return [];
  const stray = ['for_each', ...loopKeys].filter((key) => value[key] !== undefined);
  for (const key of stray) {
    const remedy =
      'Write a `group` with `for_each` and `mode: parallel`, or give `for_each` to the branches of the block';
    const data = { key, why: 'cannot be on a `parallel` block', remedy };
    pass.problems.add('RB273', data, here.source.key([...path, key]));
  }
  if (!Array.isArray(value.parallel)) return [asWritten(value, path, here)];
  const branches = value.parallel.flatMap((branch: Json, i) =>
    branchesOf(branch, [...path, 'parallel', i], here, pass),
  );
  if (branches.length === 0 && value.parallel.length > 0) return [];
  const own = Object.fromEntries(Object.entries(value).filter(([key]) => !stray.includes(key)));
  return [{ kind: 'parallel', value: own, path, here, branches }];
};

const branchesOf = (
  written: Json,
  path: Path,
  around: Here,
  passing: Expanding,
): readonly (Placed | Lane)[] => {
  // What cannot stand in a parallel block is told where it is compiled.
  if (!isMap(written) || isLine(written) || 'parallel' in written) return [asWritten(written, path, around)];
  const { value, here, pass } = settleWhen(written, path, around, passing);
  const loop = loopOf(value, path, 'parallel', here, pass);
  const isSerial = loop !== null && loop !== 'wrong' && loop.mode === 'serial';
  const inLane = isSerial || isChain(value);
  if (loop !== null && loop !== 'wrong' && loop.batch !== null) {
    const why = 'has no effect inside of `parallel`, whose branches all run at the same time';
    const remedy = 'Move the loop out of the block, with `mode: parallel`';
    pass.problems.add('RB273', { key: 'batch', why, remedy }, here.source.key([...path, 'batch']));
    return declareWrong(value, path, here, pass);
  }
  const instances = instancesOf(value, path, loop, { ...here, inLane }, pass);
  const there = instances.filter(({ placed }) => placed.length > 0);
  if (!isSerial) return there.map((instance) => branchOf(instance, value, path));
  if (there.length === 0) return [];
  return [{ kind: 'lane', path, here, steps: instances.flatMap(({ placed }) => placed) }];
};

const branchOf = ({ placed, here }: Instance, value: JsonObject, path: Path): Placed | Lane => {
  const [only] = placed;
  return isChain(value) || !only ? { kind: 'lane', path, here, steps: placed } : only;
};

/** Several steps that run in order. */
const isChain = (value: JsonObject): boolean => 'group' in value || 'uses' in value;

const batchesOf = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));

/** Declares its name. None: what is wrong is reported. */
const instancesOf = (
  value: JsonObject,
  path: Path,
  loop: Loop | null | 'wrong',
  here: Here,
  pass: Expanding,
): readonly Instance[] => {
  const make =
    loop === 'wrong'
      ? null
      : 'group' in value
        ? makeGroup(value, path, here, pass)
        : 'uses' in value
          ? makePart(value, path, here, pass)
          : makeStep(value, path, here, pass);
  if (make === null || loop === 'wrong') return declareWrong(value, path, here, pass);
  if ((loop !== null || here.prefix !== '') && !isRightId(value, path, here, pass))
    return declareWrong(value, path, here, pass);
  if (loop === null) {
    const one = make(here, null);
    declare(value.id, one.named, path, here, pass);
    return [one];
  }
  const { items, mode, batch } = loop;
  const instances = items.map((item, i) =>
    make(
      inItem(here, item, {
        items: items.length,
        first: i < (mode === 'serial' ? 1 : (batch ?? items.length)),
      }),
      item.key,
    ),
  );
  const named = new Map(items.map(({ key }, i) => [key, instances[i]?.named ?? wrong]));
  declare(value.id, { kind: 'items', items: named }, path, here, pass);
  return instances;
};

const makeStep = (given: JsonObject, path: Path, here: Here, passing: Expanding): Make | null => {
  const { type } = given;
  if (isCore(type) && type !== 'wait' && !mayStand(`A ${type}`, path, here, passing)) return null;
  return (around, key) => {
    const { value, here: inside, pass } = settleWhen(given, path, around, passing, 'item');
    const written = typeof value.id === 'string' ? value.id : null;
    const isPlain = key === null && inside.prefix === '';
    const id = isPlain || written === null ? null : idIn(inside, written, key);
    const named: Named = written === null ? wrong : { kind: 'step', id: id ?? written };
    // In its loop, its own name is the step of this item.
    const own =
      key === null || written === null
        ? inside
        : { ...inside, scope: scopeIn(inside.scope, [[written, named]]) };
    if (inside.leftOut !== null) {
      leaveOut(id ?? written, value, path, inside, pass);
      return { named, here: own, placed: [] };
    }
    pass.left.last = id ?? written ?? pass.left.last;
    return { named, here: own, placed: [{ kind: 'step', value, path, here: own, id }] };
  };
};

const makeGroup = (given: JsonObject, path: Path, here: Here, passing: Expanding): Make | null => {
  const { source } = here;
  const { problems } = passing;
  const before = problems.count;
  const parsed = parseSection(group, given, { source, problems, path, label: 'the group' });
  if (parsed === null || problems.count > before) return null;
  return (around, key) => {
    const { value, here: inside, pass } = settleWhen(given, path, around, passing, 'item');
    if (value.when !== undefined) pass.problems.add('RB289', {}, inside.source.key([...path, 'when']));
    const scope = scopeIn(inside.scope);
    const own = { ...inside, scope, prefix: `${idIn(inside, parsed.id, key)}/` };
    const placed = placeList(value.group as readonly Json[], [...path, 'group'], own, pass);
    return { named: { kind: 'group', members: scope.members }, here: own, placed };
  };
};

const makePart = (value: JsonObject, path: Path, here: Here, pass: Expanding): Make | null => {
  const part = partOf(value, path, here, pass);
  if (part === null) return null;
  return (around, key) => {
    const prefix = `${idIn(around, String(value.id), key)}/`;
    const inside = insidePart(part, { value, path, prefix }, around, pass);
    if (inside === null) return { named: wrong, here: around, placed: [] };
    const placed = placeList(part.steps, ['steps'], inside, pass);
    const named: Named = {
      kind: 'part',
      id: String(value.id),
      members: inside.scope.members,
      outputs: Object.keys(part.outputs),
      outputOf: (name) => rewriteExpression(part.outputs[name] ?? '', inside).text,
    };
    return { named, here: inside, placed };
  };
};

const idIn = ({ prefix }: Here, id: string, key: string | null): string =>
  `${prefix}${id}${key === null ? '' : `[${key}]`}`;

/** It becomes a part of the ids of the plan. An expression in it is told where the step is compiled. */
const isRightId = ({ id }: JsonObject, path: Path, { source }: Here, { problems }: Expanding): boolean => {
  const at = [...path, 'id'];
  if (id === undefined)
    problems.add('RB202', { key: 'id', where: 'the step', expected: 'a text' }, source.key(at));
  else if (typeof id === 'string' && !hasPlaceholder(id) && !writtenId.test(id))
    problems.add('RB210', { kind: 'step', name: id, rule: idRule }, source.key(at));
  else return true;
  return false;
};

const declare = (
  id: Json | undefined,
  named: Named,
  path: Path,
  here: Here,
  { problems, left }: Expanding,
): void => {
  if (typeof id !== 'string') return;
  const at = [...path, 'id'];
  // The pattern of ids also takes those that the expansion makes.
  if (/[[\]/]/.test(id)) problems.add('RB210', { kind: 'step', name: id, rule: idRule }, here.source.key(at));
  const { members, lines } = here.scope;
  const first = members.get(id);
  const isLeftOut = here.leftOut !== null || left.steps.some((step) => step.id === id);
  if (first === undefined) {
    members.set(id, named);
    lines.set(id, here.source.key(path).line);
  } else if (first.kind !== 'step' || named.kind !== 'step' || isLeftOut)
    problems.add('RB211', { id, firstLine: lines.get(id) ?? 1 }, here.source.value(at));
};
