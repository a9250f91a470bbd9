/** The head of a step in the order of the documentation; all other keys stay in the order of their author. */
import { isMap, isScalar, isSeq, type Pair, parseDocument, type YAMLMap } from 'yaml';

const head: readonly string[] = [
  'id',
  'name',
  'description',
  'at',
  'expected',
  'for_each',
  'key',
  'mode',
  'batch',
  'when',
  'type',
];

/** Line numbers from 0; `to` is the first line that no longer belongs to the pair. */
interface Block {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

const keyOf = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : '');

/** A step that is written as a list of lines, one pair after the other. */
const stepsIn = (text: string): readonly YAMLMap[] => {
  const { contents } = parseDocument(text, { uniqueKeys: false, logLevel: 'silent' });
  // A part has no version.
  const isOurs = isMap(contents) && (contents.has('version') || contents.has('inputs'));
  const list = isOurs ? contents.get('steps') : null;
  const flat = (items: readonly unknown[]): readonly YAMLMap[] =>
    items.flatMap((item) => {
      if (!isMap(item) || item.flow) return [];
      // The keys of a group itself stay as they are: its steps are moved, too.
      const inner = item.get('parallel') ?? item.get('group');
      return isSeq(inner) && !inner.flow ? flat(inner.items) : [item];
    });
  return isSeq(list) && !list.flow ? flat(list.items) : [];
};

const rank = (key: string): number => {
  const found = head.indexOf(key);
  return found === -1 ? head.length : found;
};

class Lines {
  readonly lines: string[];
  readonly #starts: readonly number[];

  constructor(text: string) {
    this.lines = text.split('\n');
    let at = 0;
    this.#starts = this.lines.map((line) => {
      const start = at;
      at += line.length + 1;
      return start;
    });
  }

  lineAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** In a pair's block stand the comments above it, too. */
  blocks(step: YAMLMap, text: string): readonly Block[] {
    let from: number | null = null;
    return step.items.map((pair) => {
      const start = (pair.key as { range: [number, number, number] }).range[0];
      const end = (pair.value as { range?: [number, number, number] } | null)?.range?.[1] ?? start;
      let last = end - 1;
      while (last > start && /\s/.test(text.charAt(last))) last -= 1;
      const block = {
        key: keyOf(pair),
        from: from ?? this.lineAt(start),
        to: this.lineAt(Math.max(start, last)) + 1,
      };
      from = block.to;
      return block;
    });
  }

  reorder(blocks: readonly Block[]): void {
    const [first] = blocks;
    const sorted = blocks.toSorted((a, b) => rank(a.key) - rank(b.key));
    if (!first || sorted.every((block, i) => block === blocks[i])) return;
    const dash = /^ *- /.exec(this.lines[first.from] ?? '')?.[0];
    // A comment beside the dash holds the first key on a line of its own.
    if (dash === undefined || blocks.some(({ from, to }) => from >= to)) return;
    const indent = ' '.repeat(dash.length);
    const parts = sorted.map((block) => {
      const lines = this.lines.slice(block.from, block.to);
      return block === first ? [indent + lines[0]?.slice(dash.length), ...lines.slice(1)] : lines;
    });
    const [front = [], ...rest] = parts;
    const own = front.findIndex((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
    // Without blank lines: one may stand above the step already.
    const above = front
      .slice(0, own)
      .filter((line) => line.trim() !== '')
      .map((line) => dash.replace('- ', '') + line.trim());
    const begun = dash + front[own]?.slice(indent.length);
    const to = first.from + parts.flat().length;
    this.lines.splice(first.from, to - first.from, ...above, begun, ...front.slice(own + 1), ...rest.flat());
  }
}

/** The blank lines after a `|+` are a part of it: such a step stays as it is. */
const keepsBlankLines = (step: YAMLMap, text: string): boolean =>
  /[|>]\d?\+\d?(?: #.*)?$/m.test(text.slice(step.range?.[0], step.range?.[2]));

/** @param text as `layOut` writes it */
export const orderStepKeys = (text: string): string => {
  const lines = new Lines(text);
  for (const step of stepsIn(text)) if (!keepsBlankLines(step, text)) lines.reorder(lines.blocks(step, text));
  return lines.lines.join('\n');
};
