/** YAML text as plain values, every key and value of which can be pointed at in the file. */
import { isMap, isPair, isScalar, isSeq, type LineCounter, type Node, type ParsedNode } from 'yaml';
import type { Position } from '../diagnostic.ts';
import type { Path } from '../expr/json-schema.ts';
import type { Source, TextPart } from './source.ts';

export type { Path };

export class YamlSource implements Source {
  readonly file: string;
  readonly text: string;
  readonly lines: LineCounter;
  readonly root: ParsedNode | null;

  constructor(file: string, text: string, lines: LineCounter, root: ParsedNode | null) {
    this.file = file;
    this.text = text;
    this.lines = lines;
    this.root = root;
  }

  /** Offsets into the text; underlines no further than the end of the line. */
  positionOf(start: number, end: number): Position {
    const { line, col } = this.lines.linePos(Math.min(start, this.text.length));
    const from = this.lines.lineStarts[line - 1] ?? 0;
    const newline = this.text.indexOf('\n', from);
    const sourceLine = this.text.slice(from, newline === -1 ? undefined : newline).replace(/\r$/, '');
    const length = Math.max(1, Math.min(end - start, sourceLine.length - (col - 1)));
    return { file: this.file, line, col, length, sourceLine };
  }

  lineOf(path: Path): number {
    const node = this.#nearest(path).node;
    return node?.range ? this.lines.linePos(node.range[0]).line : 1;
  }

  has(path: Path): boolean {
    return this.#nearest(path).found;
  }

  written(path: Path): string | null {
    const { node, found } = this.#nearest(path);
    return found && isScalar(node) && node.range ? this.text.slice(node.range[0], node.range[1]) : null;
  }

  value(path: Path): Position {
    const { node, key } = this.#nearest(path);
    // A map or list has no good place of its own: its key has.
    const shown = node && (isMap(node) || isSeq(node)) && key ? key : node;
    return this.#at(shown);
  }

  key(path: Path): Position {
    const { node, key, found } = this.#nearest(path);
    return this.#at(found ? (key ?? node) : node);
  }

  within(path: Path, part: TextPart): Position {
    const { node, found } = this.#nearest(path);
    if (!found || !isScalar(node) || !node.range || typeof node.value !== 'string') return this.value(path);
    const [start, end] = [node.range[0], node.range[1]];
    const raw = this.text.slice(start, end);
    const { value } = node;
    // Escapes, folding and indentation move text: go by the n-th mark, then take the part if it is there verbatim.
    const anchor =
      part.open === null
        ? raw.indexOf(value)
        : nth(raw, '${{', value.slice(0, part.open).split('${{').length);
    const wanted = value.slice(part.start, part.end);
    if (anchor === -1) {
      if (part.open !== null || wanted === '') return this.value(path);
      const moved = nth(raw, wanted, value.slice(0, part.start).split(wanted).length);
      return moved === -1 ? this.value(path) : this.positionOf(start + moved, start + moved + wanted.length);
    }
    const at = anchor + part.start - (part.open ?? 0);
    if (raw.slice(at, at + wanted.length) === wanted)
      return this.positionOf(start + at, start + at + wanted.length);
    return part.open === null ? this.value(path) : this.positionOf(start + anchor, start + anchor + 3);
  }

  #at(node: Node | null): Position {
    const range = node?.range ?? [0, 1, 1];
    const first = node && isMap(node) ? (node.items[0]?.key as Node | undefined)?.range : undefined;
    return this.positionOf(range[0], (first ?? range)[1]);
  }

  #nearest(path: Path): { node: Node | null; key: Node | null; found: boolean } {
    let node: Node | null = this.root;
    let key: Node | null = null;
    for (const part of path) {
      if (isSeq(node) && typeof part === 'number' && node.items[part] !== undefined) {
        node = node.items[part] as Node;
        key = null;
        continue;
      }
      const pair = isMap(node)
        ? node.items.find((p) => isScalar(p.key) && String(p.key.value) === String(part))
        : undefined;
      if (!isPair(pair)) return { node: key ?? node, key, found: false };
      key = pair.key as Node;
      node = (pair.value as Node | null) ?? key;
    }
    return { node, key, found: true };
  }
}

const nth = (text: string, wanted: string, n: number): number => {
  let at = -1;
  for (let i = 0; i < n; i++) {
    at = text.indexOf(wanted, at + 1);
    if (at === -1) return -1;
  }
  return at;
};
