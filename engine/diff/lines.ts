/** Texts compared line by line. */

export interface LineChange {
  readonly op: '+' | '-' | ' ';
  readonly text: string;
}

/** Cells of the table that finds the shortest difference; above it, the middle is shown as replaced. */
const LARGEST_TABLE = 250_000;
const CONTEXT = 1;

/** Lines that changed, with a line around them; `…` stands for what is left out. */
export const changedLines = (before: string, after: string): readonly LineChange[] => {
  const [a, b] = [before.split(/\r?\n/), after.split(/\r?\n/)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const middle = middleOf(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  const same = (lines: readonly string[]): readonly LineChange[] => lines.map((text) => ({ op: ' ', text }));
  return shortened([...same(a.slice(0, head)), ...middle, ...same(a.slice(a.length - tail))]);
};

const middleOf = (a: readonly string[], b: readonly string[]): readonly LineChange[] => {
  if (a.length * b.length > LARGEST_TABLE) return replaced(a, b);
  // Longest common subsequence, from the end, so that it is read from the beginning.
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => table[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      table[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const found: LineChange[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      found.push({ op: ' ', text: a[i] ?? '' });
      i++;
      j++;
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1)))
      found.push({ op: '-', text: a[i++] ?? '' });
    else found.push({ op: '+', text: b[j++] ?? '' });
  }
  return found;
};

const replaced = (a: readonly string[], b: readonly string[]): readonly LineChange[] => [
  ...a.map((text): LineChange => ({ op: '-', text })),
  ...b.map((text): LineChange => ({ op: '+', text })),
];

const shortened = (lines: readonly LineChange[]): readonly LineChange[] => {
  const near = new Set<number>();
  for (const [i, { op }] of lines.entries())
    if (op !== ' ') for (let j = i - CONTEXT; j <= i + CONTEXT; j++) near.add(j);
  const found: LineChange[] = [];
  let gap = false;
  for (const [i, line] of lines.entries()) {
    if (near.has(i)) found.push(line);
    else if (!gap) found.push({ op: ' ', text: '…' });
    gap = !near.has(i);
  }
  return found;
};

const EDGE = 32;

/** One long line twice: only what differs, with some of what stands around it. */
export const excerpts = (before: string, after: string): readonly [string, string] => {
  if (Math.max(before.length, after.length) <= 3 * EDGE) return [before, after];
  const least = Math.min(before.length, after.length);
  let head = 0;
  while (head < least && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < least - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const cut = (text: string): string => {
    const from = Math.max(0, head - EDGE);
    const to = Math.min(text.length, text.length - tail + EDGE);
    return `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`;
  };
  return [cut(before), cut(after)];
};
