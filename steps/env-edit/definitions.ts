/** Where in a .env file each variable is defined. Pure; the values are nobody's business here. */

export interface Definition {
  readonly key: string;
  /** Offsets of the whole definition: from the start of its line to the start of the next one. */
  readonly start: number;
  readonly end: number;
  /** Offset behind `KEY=`, and the offset of what follows the value: a comment, or the end of the line. */
  readonly value: number;
  readonly rest: number;
}

/** dotenv also reads `KEY: value`; Node does not, but a key that is to go must go for both. */
const head = /[ \t]*(?:export[ \t]+)?([\w.-]+)(?:[ \t]*=[ \t]*|:[ \t]+)/y;

const lineEnd = (text: string, from: number): number => {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
};

/** A quote that is closed, on whatever line, holds the value; one that is not is part of it. */
const valueEnd = (text: string, value: number): number => {
  const quote = text[value] ?? '';
  const closing = '\'"`'.includes(quote) && quote !== '' ? text.indexOf(quote, value + 1) : -1;
  return closing < 0 ? value : closing + 1;
};

/** After the value: a comment set off by a blank, else only the line's own carriage return. */
const restOf = (text: string, from: number, end: number): number => {
  const tail = text.slice(from, end);
  const comment = /[ \t]+#/.exec(tail);
  if (comment) return from + comment.index;
  return tail.endsWith('\r') ? end - 1 : end;
};

export const definitionsIn = (text: string): readonly Definition[] => {
  const found: Definition[] = [];
  for (let start = 0; start < text.length; ) {
    head.lastIndex = start;
    const match = head.exec(text);
    const value = match ? head.lastIndex : start;
    const afterValue = match ? valueEnd(text, value) : start;
    const last = lineEnd(text, afterValue);
    const end = Math.min(last + 1, text.length);
    if (match?.[1] !== undefined)
      found.push({ key: match[1], start, end, value, rest: restOf(text, afterValue, last) });
    start = end;
  }
  return found;
};
