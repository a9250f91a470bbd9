/** Expressions of one item: `each` becomes its value, and names of steps become the ids of the plan. */
import type { DataOf } from '../../diagnostic.ts';
import { nearest } from '../../diagnostics/near.ts';
import { syntaxOf } from '../../expr/environment.ts';
import { splitPlaceholders } from '../../expr/placeholders.ts';
import { type Chain, findReferences, type Key } from '../../expr/references.ts';
import type { Json } from '../../plan.ts';
import { isMap } from '../is-map.ts';
import type { Edit } from './expanded-source.ts';
import type { Here } from './here.ts';
import { celLiteral } from './literal.ts';
import { isWrong, type Named, type NamedPart, resolve } from './names.ts';

/** Why a reference means nothing here. */
export type Fault = {
  [C in 'RB269' | 'RB272' | 'RB331' | 'RB332']: {
    readonly code: C;
    readonly data: DataOf<C>;
    readonly start: number;
    readonly end: number;
  };
}['RB269' | 'RB272' | 'RB331' | 'RB332'];

export interface Rewritten {
  readonly text: string;
  /** Offsets into the text as it was. */
  readonly edits: readonly Edit[];
  readonly faults: readonly Fault[];
  /** Expressions of which all that is wrong is reported, or refers to a loop that is. */
  readonly silent: readonly string[];
}

/** Most expressions have neither: they need not be parsed. */
const mayChange = (expr: string, { constants, part }: Here): boolean =>
  part !== null || expr.includes('steps') || Object.keys(constants).some((root) => expr.includes(root));

export const rewriteExpression = (expr: string, here: Here): Rewritten => {
  const same = { text: expr, edits: [], faults: [], silent: [] };
  if (!mayChange(expr, here)) return same;
  const ast = syntaxOf(expr);
  // What is wrong with its syntax is told where it is checked.
  if (ast === null) return same;
  const edits: Edit[] = [];
  const faults: Fault[] = [];
  let wrong = false;
  for (const chain of findReferences(ast).chains) {
    const found = Object.hasOwn(here.constants, chain.root)
      ? constantIn(chain, here)
      : chain.root === 'steps'
        ? stepIn(chain, expr, here)
        : here.part && OUTSIDE.has(chain.root)
          ? hidden(chain)
          : null;
    if (found === null) continue;
    if (found === 'wrong') wrong = true;
    else if ('code' in found) faults.push(found);
    else edits.push(found);
  }
  edits.sort((a, b) => a.start - b.start);
  const text = applied(expr, edits);
  return { text, edits, faults, silent: wrong || faults.length > 0 ? [text] : [] };
};

export const applied = (text: string, edits: readonly Edit[]): string => {
  let out = '';
  let at = 0;
  for (const { start, end, by } of edits) {
    out += text.slice(at, start) + by;
    at = end;
  }
  return out + text.slice(at);
};

/** Operators around it must not take it apart; a secret must be alone in its expression. */
const asOperand = (expr: string): string =>
  ['id', 'value', '.', '[]', 'call', 'rcall'].includes(syntaxOf(expr)?.op ?? '') ? expr : `(${expr})`;

/** What a part does not see. */
const OUTSIDE = new Set(['vars', 'locals', 'secrets', 'each']);

const hidden = ({ root, keys: [key], start, end }: Chain): Fault => {
  const name = key?.name == null ? root : `${root}.${key.name}`;
  return { code: 'RB332', data: { name }, start, end: key?.end ?? end };
};

const lateInput = (chain: Chain, { late }: Here): Edit | null => {
  const [key] = chain.keys;
  const expr =
    chain.root === 'inputs' && key?.name != null && Object.hasOwn(late, key.name)
      ? late[key.name]
      : undefined;
  if (key === undefined || expr === undefined) return null;
  const by = asOperand(expr);
  return { start: chain.start, end: key.until, by };
};

const constantIn = (chain: Chain, here: Here): Edit | Fault => {
  const input = lateInput(chain, here);
  if (input) return chain.has ? { ...chain.has, by: 'true' } : input;
  const { constants } = here;
  let value = constants[chain.root] as Json;
  let end = chain.start + chain.root.length;
  let of = chain.root;
  for (const key of chain.keys) {
    // An index is left to CEL.
    if (key.name === null) break;
    if (!isMap(value) || !Object.hasOwn(value, key.name)) {
      if (chain.has) return { ...chain.has, by: 'false' };
      return { code: 'RB269', data: missing(of, key.name, value, here), start: key.start, end: key.end };
    }
    value = value[key.name] as Json;
    end = key.until;
    of = `${of}.${key.name}`;
  }
  return chain.has ? { ...chain.has, by: 'true' } : { start: chain.start, end, by: celLiteral(value) };
};

const missing = (of: string, name: string, value: Json, { late }: Here): DataOf<'RB269'> => {
  const known = [...(isMap(value) ? Object.keys(value) : []), ...(of === 'inputs' ? Object.keys(late) : [])];
  return { of, name, isMap: isMap(value), near: nearest(name, known), known };
};

const stepIn = (chain: Chain, expr: string, here: Here): Edit | Fault | 'wrong' | null => {
  const [first] = chain.keys;
  const name = first?.name ?? null;
  if (!first || name === null) return null;
  const resolved = resolve(name, here.scope, chain.keys[1]?.name === 'items');
  const fault = (data: DataOf<'RB272'>, { start, end }: { start: number; end: number } = first): Fault => ({
    code: 'RB272',
    data,
    start,
    end,
  });
  // A step of the runbook may have this id: the part does not see it.
  if (!resolved.ok && here.part && resolved.several.length === 0)
    return { start: chain.start, end: first.until, by: `steps[${JSON.stringify(`${here.prefix}${name}`)}]` };
  if (!resolved.ok)
    return resolved.several.length === 0
      ? null
      : fault({ name, fault: { kind: 'several', of: resolved.several } });
  let { named } = resolved;
  let end = first.until;
  const rest = [...chain.keys.slice(1)];
  while (named.kind === 'items') {
    const keys = [...named.items.keys()];
    const [items, key] = rest.splice(0, 2) as [Key | undefined, Key | undefined];
    if (items?.name !== 'items') return fault({ name, fault: { kind: 'no-item', keys } }, items ?? first);
    if (!key || key.name === null) {
      if (isWrong(named)) return 'wrong';
      return { start: chain.start, end: items.until, by: allItems(named, fieldsIn(expr)) };
    }
    const item = named.items.get(key.name);
    if (!item) {
      const data = { kind: 'unknown-item', key: key.name, near: nearest(key.name, keys), keys } as const;
      return fault({ name, fault: data }, key);
    }
    named = item;
    end = key.until;
  }
  if (named.kind === 'wrong') return 'wrong';
  if (named.kind === 'group')
    return fault({ name, fault: { kind: 'group', steps: [...named.members.keys()] } });
  if (named.kind === 'part') return outputIn(named, chain, rest, end);
  if (named.id === name) return null;
  return { start: chain.start, end, by: `steps[${JSON.stringify(named.id)}]` };
};

/** @param rest keys after the name of the part */
const outputIn = (part: NamedPart, chain: Chain, rest: readonly Key[], end: number): Edit | Fault => {
  const [field, key] = rest;
  const known = part.outputs;
  const fault = (name: string, at: { start: number; end: number }, fields: readonly string[]): Fault => ({
    code: 'RB331',
    data: { part: part.id, name, near: nearest(name, fields), known: fields },
    start: at.start,
    end: at.end,
  });
  if (field?.name !== 'output')
    return fault(field?.name ?? '', field ?? { start: chain.start, end }, ['output']);
  if (key?.name == null) return { start: chain.start, end: field.until, by: allOutputs(part) };
  if (!known.includes(key.name)) return fault(key.name, key, known);
  return { start: chain.start, end: key.until, by: asOperand(part.outputOf(key.name)) };
};

const allOutputs = (part: NamedPart): string => {
  const pairs = part.outputs.map((name) => `${JSON.stringify(name)}: ${part.outputOf(name)}`);
  return `{${pairs.join(', ')}}`;
};

/** Fields of a step; a map of items has those that the expression reads. */
const FIELDS = ['output', 'ran', 'started_at', 'settled_at', 'duration_ms'];

const fieldsIn = (expr: string): readonly string[] => {
  const read = FIELDS.filter((field) => new RegExp(`\\b${field}\\b`).test(expr));
  return read.length === 0 ? ['output'] : read;
};

const allItems = (named: Named, fields: readonly string[]): string => {
  if (named.kind === 'items') {
    const items = [...named.items].map(
      ([key, item]) =>
        `${JSON.stringify(key)}: ${item.kind === 'items' ? `{"items": ${allItems(item, fields)}}` : allItems(item, fields)}`,
    );
    return `{${items.join(', ')}}`;
  }
  if (named.kind === 'part') return `{"output": ${allOutputs(named)}}`;
  const step = named.kind === 'step' ? `steps[${JSON.stringify(named.id)}]` : '{}';
  const members = (of: readonly string[]) => of.map((field) => `"${field}": ${step}.${field}`).join(', ');
  // An item that was skipped has no output: the map must not read it.
  if (!fields.includes('ran') || fields.length === 1) return `{${members(fields)}}`;
  return `(${step}.ran ? dyn({${members(fields)}}) : dyn({"ran": false}))`;
};

/** A text with `${{ }}` in it. */
export const rewriteText = (text: string, here: Here): Rewritten => {
  const split = splitPlaceholders(text);
  const edits: Edit[] = [];
  const faults: Fault[] = [];
  const silent: string[] = [];
  for (const segment of split.ok ? split.segments : []) {
    if (segment.kind === 'text') continue;
    const inner = rewriteExpression(segment.expr, here);
    const moved = <T extends { start: number; end: number }>(part: T): T => ({
      ...part,
      start: part.start + segment.start,
      end: part.end + segment.start,
    });
    edits.push(...inner.edits.map(moved));
    faults.push(...inner.faults.map(moved));
    silent.push(...inner.silent);
  }
  return { text: applied(text, edits), edits, faults, silent };
};
