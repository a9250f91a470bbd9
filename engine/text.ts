/**
 * Text from outside (a command, a server, a file, a person) on its way out. A terminal must not execute its
 * control sequences, and a reader must see the real text. Masking comes first: it looks for text as it was printed.
 */
import { stripVTControlCharacters } from 'node:util';

export { shellWord } from './shell-word.ts';

/** C0 and C1 without tab and newline; escape sequences begin with one of them. */
const controls = '\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f';

/**
 * Invisible characters: bidi controls turn the text around them, zero-width characters make two names look like one,
 * tags (U+E0000) spell out hidden words. U+2028 and U+2029 end a line where no line ends.
 */
const unseen =
  '\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}';

const removed = new RegExp(`[${controls}${unseen}]`, 'gu');
/** A progress bar returns to the beginning of its line; the log stays readable. */
const escapedInLogs = new RegExp(`(?!\r)[${controls}${unseen}]`, 'gu');
const escapedInJson = new RegExp(`[\\u007f-\\u009f${unseen}]`, 'gu');

/** Nearly all text; looked at first, since commands may print much of it. */
const harmless = /^[\t\n -~]*$/;

const lineEnds = /[\u2028\u2029]/g;

/** For a screen: one that shows it does nothing else. */
export const clean = (text: string): string =>
  harmless.test(text) ? text : stripVTControlCharacters(text).replace(lineEnds, ' ').replace(removed, '');

/** For a screen with a mark under the text: each becomes one character. */
export const marked = (text: string): string => text.replace(removed, '\ufffd');

const hex = (unit: number, digits: number): string => unit.toString(16).padStart(digits, '0');

const asEscapes = (text: string): string =>
  Array.from({ length: text.length }, (_, i) => `\\u${hex(text.charCodeAt(i), 4)}`).join('');

/** For a file that people print to a terminal: nothing is lost, and nothing acts. */
export const escaped = (text: string): string =>
  harmless.test(text)
    ? text
    : text.replace(escapedInLogs, (c) => (c < '\u00a0' ? `\\x${hex(c.charCodeAt(0), 2)}` : asEscapes(c)));

/** JSON of the same value, in characters that act on nothing. */
export const jsonText = (value: unknown): string => JSON.stringify(value).replace(escapedInJson, asEscapes);
