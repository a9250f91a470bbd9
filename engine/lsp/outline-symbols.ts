/** The sections, targets and steps of a file, for the outline of an editor. */
import { isScalar, isSeq, isMap as isYamlMap, type Node, type Pair, type YAMLMap } from 'yaml';
import type { YamlSource } from '../load/yaml-source.ts';

export interface OutlineSymbol {
  readonly name: string;
  readonly detail: string;
  readonly kind: 'section' | 'step' | 'block' | 'line' | 'name';
  /** Offsets. */
  readonly start: number;
  readonly end: number;
  /** Of the name, inside of the whole. */
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly children: readonly OutlineSymbol[];
}

const text = (node: unknown): string => (isScalar(node) ? String(node.value) : '');

/** Up to the last character that is not blank: a YAML node ends where the next one begins. */
const endOf = (node: Node | null, start: number, file: string): number => {
  const end = node?.range?.[1] ?? start;
  return Math.max(start, file.slice(0, end).trimEnd().length);
};

const NAMED = new Set(['vars', 'locals', 'secrets', 'targets', 'approvers', 'facts', 'spans']);

export const symbolsIn = ({ root, text: file }: YamlSource): readonly OutlineSymbol[] => {
  if (!isYamlMap(root)) return [];
  return root.items.flatMap((pair) => {
    const name = text(pair.key);
    return symbolOf(pair as Pair, 'section', '', file, childrenOf(name, pair.value, file));
  });
};

const symbolOf = (
  { key, value }: Pair,
  kind: OutlineSymbol['kind'],
  detail: string,
  file: string,
  children: readonly OutlineSymbol[] = [],
): readonly OutlineSymbol[] => {
  if (!isScalar(key) || !key.range || text(key) === '') return [];
  const [start, end] = key.range;
  const whole = Math.max(end, endOf(value as Node | null, end, file));
  return [{ name: text(key), detail, kind, start, end: whole, nameStart: start, nameEnd: end, children }];
};

const childrenOf = (section: string, value: unknown, file: string): readonly OutlineSymbol[] => {
  if (section === 'steps' && isSeq(value)) return value.items.flatMap((item) => stepOf(item, file));
  if (!NAMED.has(section) || !isYamlMap(value)) return [];
  return value.items.flatMap((pair) => {
    const detail = isYamlMap(pair.value) ? text(pair.value.get('type', true)) : '';
    return symbolOf(pair as Pair, 'name', detail, file);
  });
};

const stepOf = (item: unknown, file: string): readonly OutlineSymbol[] => {
  if (!isYamlMap(item) || !item.range) return [];
  const [first] = item.items;
  const key = text(first?.key);
  if (first && key === 'point_of_no_return') return symbolOf(first as Pair, 'line', '', file);
  if (first && key === 'parallel') {
    const inner = isSeq(first.value) ? first.value.items.flatMap((each) => stepOf(each, file)) : [];
    return symbolOf(first as Pair, 'block', '', file, inner);
  }
  const group = item.get('group', true);
  const children = isSeq(group) ? group.items.flatMap((each) => stepOf(each, file)) : [];
  const id = (item as YAMLMap).get('id', true);
  if (first && id === undefined && isSeq(group)) {
    const pair = item.items.find(({ key }) => text(key) === 'group') as Pair;
    return symbolOf(pair, 'block', '', file, children);
  }
  if (!isScalar(id) || !id.range || text(id) === '') return [];
  const [start] = item.range;
  const details = ['type', 'at'].map((name) => text((item as YAMLMap).get(name, true)));
  return [
    {
      name: text(id),
      detail: details.filter((detail) => detail !== '').join(' · '),
      kind: isSeq(group) ? 'block' : 'step',
      start,
      end: endOf(item as Node, start, file),
      nameStart: id.range[0],
      nameEnd: id.range[1],
      children,
    },
  ];
};
