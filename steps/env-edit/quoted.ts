import { parseEnv } from 'node:util';
import { StepFailed } from '../../engine/step.ts';

/** The edit cannot be written so that every reader takes it as wanted; the text never holds a value. */
export const unwritable = (what: string): StepFailed =>
  new StepFailed(what, { effect: 'none', remedy: 'Fix the value, or the file; nothing was changed' });

/** Read alike by Node, dotenv and a shell that sources the file. */
const plain = /^[\w.:/@%+,=~^-]+$/;

const readsBack = (spelling: string, value: string): boolean => {
  const { KEY, NEXT } = parseEnv(`KEY=${spelling}\nNEXT=1\n`);
  return KEY === value && NEXT === '1';
};

/**
 * The value as it is written after `KEY=`. Single quotes first: they are literal for Node, dotenv and the
 * shell. Double quotes not around a backslash: dotenv and Node expand different escapes. And no backslash
 * before a closing quote: dotenv takes both for an escaped quote and reads on.
 */
export const quoted = (key: string, value: string): string => {
  const spellings = plain.test(value) ? [value] : [];
  if (!value.endsWith('\\')) {
    if (!value.includes("'")) spellings.push(`'${value}'`);
    if (!/["\\]/.test(value)) spellings.push(`"${value}"`);
    if (!value.includes('`')) spellings.push(`\`${value}\``);
  } else if (/^[^\s'"`#]+$/.test(value)) spellings.push(value);
  // Readers drop a carriage return, whatever the quotes.
  const found = /[\r\0]/.test(value) ? undefined : spellings.find((spelling) => readsBack(spelling, value));
  if (found !== undefined) return found;
  throw unwritable(`no quotes can hold the value of ${key} so that Node and dotenv read it back alike`);
};
