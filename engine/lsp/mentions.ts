/** Every place of a file that declares a name or refers to one: read off its text, so that errors hide none. */
import type { Chain, Key } from '../expr/references.ts';
import { findReferences } from '../expr/references.ts';
import type { Outline } from '../load/outline.ts';
import { LOCAL } from '../load/places.ts';
import type { Path } from '../load/yaml-source.ts';
import type { Registry } from '../registry.ts';
import { inputOf, typeAt, valueAt } from './calls.ts';
import { astOf, sitesIn } from './expression-sites.ts';
import { eachScalar, insideOf, type Spot } from './spot.ts';

export type NameKind = 'step' | 'var' | 'local' | 'secret' | 'target' | 'approver' | 'fact' | 'file';

export interface Mention {
  readonly kind: NameKind;
  readonly name: string;
  /** Offsets of the name itself, without quotes. */
  readonly start: number;
  readonly end: number;
  readonly declares: boolean;
  /** `dot`: `steps.NAME`, which takes no dash; `index`: `steps['NAME']`. */
  readonly as: 'scalar' | 'dot' | 'index';
  /** It is in a text with single quotes, which can hold none. */
  readonly inSingle: boolean;
}

export interface Mentions {
  readonly all: readonly Mention[];
  /** Expressions that cannot be read: what they mention is not known. Offsets. */
  readonly unread: readonly { readonly start: number; readonly text: string }[];
}

const SECTIONS: Record<string, NameKind> = {
  vars: 'var',
  locals: 'local',
  secrets: 'secret',
  targets: 'target',
  approvers: 'approver',
  facts: 'fact',
};

const ROOTS: Record<string, NameKind> = {
  steps: 'step',
  vars: 'var',
  locals: 'local',
  secrets: 'secret',
  facts: 'fact',
};

const isStepPath = (path: Path): boolean =>
  path[0] === 'steps' &&
  typeof path[1] === 'number' &&
  (path.length === 2 || (path.length === 4 && path[2] === 'parallel' && typeof path[3] === 'number'));

/** `spans.NAME.from`, or one of a list there. */
export const isSpanStep = (path: Path): boolean =>
  path[0] === 'spans' &&
  (path[2] === 'from' || path[2] === 'to') &&
  (path.length === 3 || (path.length === 4 && typeof path[3] === 'number'));

/** What a value is the name of, by the keys that lead to it. */
const kindOfValue = ({ path }: Spot, outline: Outline, registry: Registry): NameKind | null => {
  const key = path.at(-1);
  const parent = path.slice(0, -1);
  if (key === 'id' && isStepPath(parent)) return 'step';
  if (key === 'via' && path[0] === 'targets' && path.length === 3) return 'target';
  if (key === 'run_on' && (path[0] === 'defaults' || typeAt(outline.root, parent, registry))) return 'target';
  if (key === 'target' && typeAt(outline.root, parent, registry)) return 'target';
  if (isSpanStep(path)) return 'step';
  if (key === 'forward_fix' && parent.at(-1) === 'point_of_no_return') return 'file';
  if (typeof key !== 'number' || path.at(-3) !== 'with' || !isStepPath(path.slice(0, -3))) return null;
  if (parent.at(-1) === 'require') return 'step';
  return parent.at(-1) === 'approvers' ? 'approver' : null;
};

const nameOf = ({ node, path, isKey }: Spot, kind: NameKind, text: string): Mention => ({
  kind,
  name: String(node.value),
  ...insideOf(node, text),
  declares: isKey ? path.length === 2 : kind === 'step' && path.at(-1) === 'id',
  as: 'scalar',
  inSingle: node.type === 'QUOTE_SINGLE',
});

const keyMention = (chain: Chain, key: Key, text: string, at: number, inSingle: boolean): Mention | null => {
  const kind = ROOTS[chain.root];
  if (!kind || key.name === null) return null;
  const raw = text.slice(key.start, key.end);
  const quoted = /^['"]/.test(raw) ? 1 : 0;
  return {
    kind,
    name: key.name,
    start: at + key.start + quoted,
    end: at + key.end - quoted,
    declares: false,
    as: quoted ? 'index' : 'dot',
    inSingle,
  };
};

export const mentionsIn = (outline: Outline, registry: Registry): Mentions => {
  const { source } = outline;
  const all: Mention[] = [];
  const unread: { start: number; text: string }[] = [];
  const scalars = new Map<string, Spot>();
  const calls: Path[] = [];
  eachScalar(source, (spot) => {
    const { path, isKey } = spot;
    if (isKey) {
      const section = SECTIONS[String(path[0])];
      if (path.length === 2 && section) all.push(nameOf(spot, section, source.text));
      if (path.at(-2) === 'sets' && isStepPath(path.slice(0, -2)))
        all.push(nameOf(spot, 'fact', source.text));
      return;
    }
    scalars.set(JSON.stringify(path), spot);
    if (path.at(-1) === 'type' && typeAt(outline.root, path.slice(0, -1), registry))
      calls.push(path.slice(0, -1));
    const kind = kindOfValue(spot, outline, registry);
    if (kind && spot.node.value !== LOCAL && !String(spot.node.value).includes('${{'))
      all.push(nameOf(spot, kind, source.text));
    const inSingle = spot.node.type === 'QUOTE_SINGLE';
    for (const { start, text } of sitesIn(spot, source.text)) {
      const ast = astOf(text);
      if (ast === null) unread.push({ start, text });
      else
        for (const chain of findReferences(ast).chains) {
          const [key] = chain.keys;
          const mention = key && keyMention(chain, key, text, start, inSingle);
          if (mention) all.push(mention);
        }
    }
  });
  const add = (path: Path, kind: NameKind) => {
    const spot = scalars.get(JSON.stringify(path));
    if (spot && spot.node.value !== LOCAL) all.push(nameOf(spot, kind, source.text));
  };
  for (const path of calls) {
    const type = typeAt(outline.root, path, registry);
    if (!type) continue;
    const given = valueAt(outline.root, [...path, 'with']);
    const input = inputOf(type, given);
    if (input === null) continue;
    for (const use of type.uses?.(input) ?? []) add([...path, 'with', ...use.path], 'target');
    for (const file of type.files(input)) addFile(file, [...path, 'with'], given);
  }
  function addFile(file: string, path: Path, given: unknown): void {
    const key = Object.entries((given ?? {}) as object).find(([, value]) => value === file)?.[0];
    if (key !== undefined) add([...path, key], 'file');
  }
  for (const [name, target] of Object.entries((outline.root.targets ?? {}) as object)) {
    const kind = registry.targets.get(String((target as { type?: unknown } | null)?.type));
    const parsed = kind?.config.safeParse(withoutOwn(target));
    if (kind && parsed?.success)
      for (const file of kind.files(parsed.data)) addFile(file, ['targets', name], target);
  }
  return { all, unread };
};

/** `type` and `via` are the engine's own keys of a target. */
const withoutOwn = (target: unknown): unknown => {
  const { type: _, via: __, ...config } = target as { type?: unknown; via?: unknown };
  return config;
};

export const mentionAt = ({ all }: Mentions, offset: number): Mention | null =>
  all.find(({ start, end }) => start <= offset && offset <= end) ?? null;

export const sameName = ({ all }: Mentions, { kind, name }: Mention): readonly Mention[] =>
  all.filter((other) => other.kind === kind && other.name === name);
