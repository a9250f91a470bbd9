/** Texts compared line by line. */
import { diffArrays } from 'diff';

export interface LineChange {
  readonly op: '+' | '-' | ' ';
  readonly text: string;
}

/** Above it a text is shown as replaced: finding the shortest difference would take long, and few would read it. */
const MOST_EDITS = 2_000;
const CONTEXT = 1;

/** Lines that changed, with a line around them; `…` stands for what is left out. */
export const changedLines = (before: string, after: string): readonly LineChange[] => {
  const [a, b] = [before.split(/\r?\n/), after.split(/\r?\n/)];
  const found = diffArrays(a, b, { maxEditLength: MOST_EDITS });
  if (found === undefined) return shortened([...all('-', a), ...all('+', b)]);
  return shortened(
    found.flatMap(({ added, removed, value }) => all(added ? '+' : removed ? '-' : ' ', value)),
  );
};

const all = (op: LineChange['op'], lines: readonly string[]): readonly LineChange[] =>
  lines.map((text) => ({ op, text }));

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
