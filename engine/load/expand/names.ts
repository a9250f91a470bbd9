/** What the ids of a runbook with loops and groups mean: a step, a step for each item, or the steps of a group. */

/** The loop or group was wrong and is reported: what refers to it is not wrong itself. */
const WRONG = { kind: 'wrong' } as const;

export type Named =
  | { readonly kind: 'step'; readonly id: string }
  | { readonly kind: 'items'; readonly items: ReadonlyMap<string, Named> }
  | { readonly kind: 'group'; readonly members: Members }
  | NamedPart
  | typeof WRONG;

/** Its user reads its outputs, and nothing else of it. */
export interface NamedPart {
  readonly kind: 'part';
  /** As written. */
  readonly id: string;
  readonly members: Members;
  /** Names. */
  readonly outputs: readonly string[];
  /** CEL over the ids of the plan. */
  outputOf(name: string): string;
}

/** By the id as written. */
export type Members = ReadonlyMap<string, Named>;

/** The names that are seen at one place, the nearest first. */
export interface Scope {
  readonly members: Map<string, Named>;
  /** Where each is written. */
  readonly lines: Map<string, number>;
  readonly outer: Scope | null;
}

export const wrong: Named = WRONG;

export const scopeIn = (outer: Scope | null, own: Iterable<readonly [string, Named]> = []): Scope => ({
  members: new Map(own),
  lines: new Map(),
  outer,
});

export type Resolved =
  | { readonly ok: true; readonly named: Named }
  /** Several groups have such a step: their full names. None: nothing has this name. */
  | { readonly ok: false; readonly several: readonly string[] };

/** @param asLoop `steps['x'].items` inside of the loop `x`, where `x` alone is the step of this item */
export const resolve = (name: string, scope: Scope, asLoop = false): Resolved => {
  const [head = '', ...rest] = name.split('/').map(segmentOf);
  const start = typeof head === 'string' ? undefined : lookUp(head.name, scope, asLoop);
  if (start === undefined) return rest.length === 0 ? lifted(name, scope) : unknown;
  let named = pick(start, typeof head === 'string' ? [] : head.keys);
  for (const segment of rest) {
    if (typeof segment === 'string') return unknown;
    named = named && pick(memberOf(named, segment.name), segment.keys);
  }
  return named ? { ok: true, named } : unknown;
};

const unknown: Resolved = { ok: false, several: [] };

interface Segment {
  readonly name: string;
  readonly keys: readonly string[];
}

/** `ro[s1]`; a text that is none stays as it is. */
const segmentOf = (text: string): Segment | string => {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(text);
  if (!match) return text;
  const keys = [...(match[2] ?? '').matchAll(/\[([^[\]]*)\]/g)].map((key) => key[1] ?? '');
  return { name: match[1] ?? '', keys };
};

const lookUp = (name: string, scope: Scope, asLoop: boolean): Named | undefined => {
  let first: Named | undefined;
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    const found = at.members.get(name);
    if (found && (!asLoop || found.kind === 'items')) return found;
    first ??= found;
  }
  return first;
};

const pick = (named: Named | undefined, keys: readonly string[]): Named | undefined =>
  keys.reduce<Named | undefined>((at, key) => {
    if (at?.kind === 'wrong') return at;
    return at?.kind === 'items' ? at.items.get(key) : undefined;
  }, named);

/** Of a loop over a group: the member of each item. */
const memberOf = (named: Named, name: string): Named | undefined => {
  if (named.kind === 'wrong') return named;
  if (named.kind === 'group') return named.members.get(name);
  if (named.kind === 'step' || named.kind === 'part') return undefined;
  const items = [...named.items].map(([key, item]) => [key, memberOf(item, name)] as const);
  return items.every((pair): pair is readonly [string, Named] => pair[1] !== undefined)
    ? { kind: 'items', items: new Map(items) }
    : undefined;
};

/** The step of a group, by its own name alone, where only one group has such a step. */
const lifted = (name: string, scope: Scope): Resolved => {
  let root = scope;
  while (root.outer !== null) root = root.outer;
  const found = [...root.members].flatMap(([id, named]) => within(named, id, name));
  const [only] = found;
  if (only && found.length === 1) return { ok: true, named: only.named };
  return { ok: false, several: found.map(({ path }) => path) };
};

interface Found {
  readonly path: string;
  readonly named: Named;
}

const within = (named: Named, path: string, name: string): readonly Found[] => {
  if (named.kind === 'group') {
    const own = named.members.get(name);
    const deeper = [...named.members].flatMap(([id, member]) => within(member, `${path}/${id}`, name));
    return own ? [{ path: `${path}/${name}`, named: own }, ...deeper] : deeper;
  }
  if (named.kind !== 'items') return [];
  const items = [...named.items].map(([key, item]) => [key, within(item, path, name)] as const);
  const paths = items[0]?.[1].map((one) => one.path) ?? [];
  return paths.flatMap((at, i) => {
    const each = items.map(([key, found]) => [key, found[i]?.named] as const);
    return each.every((pair): pair is readonly [string, Named] => pair[1] !== undefined)
      ? [{ path: at, named: { kind: 'items', items: new Map(each) } as const }]
      : [];
  });
};

/** Ids of all the steps that a name stands for, in the order of the file. */
export const idsOf = (named: Named): readonly string[] => {
  switch (named.kind) {
    case 'step':
      return [named.id];
    case 'items':
      return [...named.items.values()].flatMap(idsOf);
    case 'group':
    case 'part':
      return [...named.members.values()].flatMap(idsOf);
    case 'wrong':
      return [];
  }
};

/** It is wrong, or a part of it is. */
export const isWrong = (named: Named): boolean =>
  named.kind === 'wrong' ||
  (named.kind === 'items' && [...named.items.values()].some(isWrong)) ||
  ((named.kind === 'group' || named.kind === 'part') && [...named.members.values()].some(isWrong));
