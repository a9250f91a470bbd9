/** Fits text and lists into a terminal that is too small for them. */
import { plural } from '../words/format.ts';

const hidden = (n: number, where: string): string => `  ... ${plural(n, 'line')} ${where}`;

/**
 * Keeps the lines around line `active`, as many before it as after it, and counts those that are cut off. `rows` is
 * at least 3. Line `pinned` (-1: none) is shown even outside of that range.
 */
export const fitLines = (
  lines: readonly string[],
  rows: number,
  active: number,
  pinned = -1,
): readonly string[] => {
  if (lines.length <= rows) return lines;
  const centred = windowOf(lines.length, Math.max(1, rows - 2), active);
  const isSeen = pinned < 0 || (pinned >= centred.from && pinned < centred.to);
  if (isSeen) return cut(lines, centred, []);
  if (rows < 6) {
    const both = [active, pinned].sort((a, b) => a - b).map((i) => lines[i] ?? '');
    return [...both, hidden(lines.length - 2, 'not shown')];
  }
  // The pinned line and the count of lines between it and the window take two rows.
  return cut(lines, windowOf(lines.length, rows - 4, active), [pinned]);
};

interface Window {
  readonly from: number;
  readonly to: number;
}

const windowOf = (total: number, room: number, active: number): Window => {
  const from = Math.max(0, Math.min(active - Math.floor(room / 2), total - room));
  return { from, to: from + room };
};

const cut = (
  lines: readonly string[],
  { from, to }: Window,
  pinned: readonly number[],
): readonly string[] => {
  const kept = [
    ...pinned.filter((i) => i < from),
    ...Array.from({ length: to - from }, (_, i) => from + i),
    ...pinned.filter((i) => i >= to),
  ];
  const shown: string[] = [];
  let next = 0;
  for (const i of kept) {
    if (i > next) shown.push(hidden(i - next, i > from ? 'between' : 'above'));
    shown.push(lines[i] ?? '');
    next = i + 1;
  }
  if (next < lines.length) shown.push(hidden(lines.length - next, 'below'));
  return shown;
};

/** Breaks at words, and inside of one only where it is longer than a line. Further lines are indented like the first. */
export const wrap = (text: string, columns: number): readonly string[] => {
  if (text.length <= columns) return [text];
  const indent = (text.match(/^ */)?.[0] ?? '').slice(0, columns / 2);
  const room = columns - indent.length;
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().match(/\S+\s*/g) ?? []) {
    if (line !== '' && line.length + word.trimEnd().length > room) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += word;
    for (; line.trimEnd().length > room; line = line.slice(room)) lines.push(line.slice(0, room));
  }
  return [...lines, line.trimEnd()].map((each) => `${indent}${each}`);
};
