/** The edit itself, from text to text. Pure. */
import { parseEnv } from 'node:util';
import { type Definition, definitionsIn } from './definitions.ts';
import { quoted, unwritable } from './quoted.ts';

export interface Edited {
  readonly text: string;
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** Keys that were defined more than once: the last one counted. */
  readonly duplicates: readonly string[];
  /** The byte order mark at its beginning is gone. */
  readonly markDropped: boolean;
}

/** Characters of one byte each. dotenv skips it, Node takes it for a part of the first key. */
const byteOrderMark = '\xef\xbb\xbf';

/** Throws StepFailed for what no reader of .env files reads as text of one byte a letter. */
const readable = (base: string): string => {
  if (/^(\xff\xfe|\xfe\xff)/.test(base) || base.includes('\0'))
    throw unwritable(
      'the file is UTF-16 or holds NUL bytes: Node and dotenv cannot read it; save it as UTF-8',
    );
  return base.startsWith(byteOrderMark) ? base.slice(byteOrderMark.length) : base;
};

const cut = (text: string, { start, end }: Definition): string => text.slice(0, start) + text.slice(end);

const eolOf = (text: string): string => (/\r\n/.test(text) ? '\r\n' : '\n');

const append = (text: string, line: string): string => {
  const eol = eolOf(text);
  return `${text}${text === '' || text.endsWith('\n') ? '' : eol}${line}${eol}`;
};

const without = (text: string, definitions: readonly Definition[]): string =>
  definitions.toReversed().reduce(cut, text);

/** The line keeps its indent, its `export` and its comment; a `KEY: value`, which Node does not read, is rewritten. */
const replaced = (text: string, { key, start, value, rest }: Definition, spelling: string): string => {
  const lead = /^[ \t]*(?:export[ \t]+)?/.exec(text.slice(start, value))?.[0] ?? '';
  return `${text.slice(0, start)}${lead}${key}=${spelling}${text.slice(rest)}`;
};

const definitionsOf = (text: string, key: string): readonly Definition[] =>
  definitionsIn(text).filter((definition) => definition.key === key);

const setIn = (text: string, key: string, value: string): string => {
  const all = definitionsOf(text, key);
  const last = all.at(-1);
  if (last === undefined) return append(text, `${key}=${quoted(key, value)}`);
  const settled = parseEnv(text)[key] === value && text.slice(last.start, last.value).includes('=');
  const kept = settled ? text : replaced(text, last, quoted(key, value));
  return without(kept, all.slice(0, -1));
};

const agrees = (text: string, wanted: ReadonlyMap<string, string | undefined>): boolean => {
  const read = parseEnv(text);
  const names = new Set([...Object.keys(read), ...wanted.keys()]);
  return [...names].every((name) => read[name] === wanted.get(name));
};

/**
 * Sets and removes; throws StepFailed rather than answer with a text of which Node reads anything but the
 * variables it read before, plus `set`, minus `remove`. A byte order mark is dropped: with it readers disagree about
 * the first variable.
 */
export const editEnv = (
  given: string,
  set: Readonly<Record<string, string>>,
  remove: readonly string[],
): Edited => {
  const base = readable(given);
  const before = definitionsIn(base).map(({ key }) => key);
  const wanted = new Map<string, string | undefined>(Object.entries(parseEnv(base)));
  let text = base;
  const changed: string[] = [];
  for (const [key, value] of Object.entries(set)) {
    const edited = setIn(text, key, value);
    if (edited !== text && before.includes(key)) changed.push(key);
    text = edited;
    wanted.set(key, value);
  }
  for (const key of remove) {
    text = without(text, definitionsOf(text, key));
    wanted.delete(key);
  }
  if (!agrees(text, wanted))
    throw unwritable('the edited file would not be read as wanted: look for a quote that is never closed');
  const touched = [...Object.keys(set), ...remove];
  return {
    text,
    added: Object.keys(set).filter((key) => !before.includes(key)),
    changed,
    markDropped: base !== given,
    removed: remove.filter((key) => before.includes(key)),
    duplicates: touched.filter((key) => before.indexOf(key) !== before.lastIndexOf(key)),
  };
};
