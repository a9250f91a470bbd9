/** What is at an offset of the file: a key or a value, and the path to it. */
import { isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import type { Path, YamlSource } from '../load/yaml-source.ts';

export interface Spot {
  readonly path: Path;
  readonly node: Scalar;
  readonly isKey: boolean;
}

const isAround = (node: Node, offset: number): boolean =>
  node.range != null && node.range[0] <= offset && offset <= node.range[1];

/** null: between the values. */
export const spotAt = ({ root }: YamlSource, offset: number): Spot | null => {
  let node: Node | null = root;
  const path: (string | number)[] = [];
  while (node !== null) {
    if (isScalar(node)) return isAround(node, offset) ? { path, node, isKey: false } : null;
    let next: Node | null = null;
    if (isSeq(node)) {
      const index = node.items.findIndex((item) => isAround(item as Node, offset));
      if (index === -1) return null;
      path.push(index);
      next = node.items[index] as Node;
    } else if (isMap(node)) {
      for (const { key, value } of node.items as { key: Node; value: Node | null }[]) {
        const isKey = isAround(key, offset);
        if (!isKey && !(value && isAround(value, offset))) continue;
        path.push(isScalar(key) ? String(key.value) : '');
        if (isKey) return isScalar(key) ? { path, node: key, isKey: true } : null;
        next = value;
        break;
      }
    }
    node = next;
  }
  return null;
};

/** Every text of the file in its order, keys as well. */
export const eachScalar = ({ root }: YamlSource, visit: (spot: Spot) => void): void => {
  const walk = (node: Node | null, path: Path): void => {
    if (isScalar(node)) visit({ path, node, isKey: false });
    else if (isSeq(node)) for (const [i, item] of node.items.entries()) walk(item as Node, [...path, i]);
    else if (isMap(node))
      for (const { key, value } of node.items as { key: Node; value: Node | null }[]) {
        if (!isScalar(key)) continue;
        const at = [...path, String(key.value)];
        visit({ path: at, node: key, isKey: true });
        walk(value, at);
      }
  };
  walk(root, []);
};

/** The text of a scalar without its quotes: offsets into the file. */
export const insideOf = (node: Scalar, text: string): { readonly start: number; readonly end: number } => {
  const [start, end] = node.range ?? [0, 0];
  const quote = text[start];
  if (node.type !== 'QUOTE_DOUBLE' && node.type !== 'QUOTE_SINGLE') return { start, end };
  return { start: start + 1, end: end - start > 1 && text[end - 1] === quote ? end - 1 : end };
};
