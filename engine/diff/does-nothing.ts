/** Commands and statements that do nothing and never fail: in the place of an undo, a check or a probe. */
import type { Json } from '../plan.ts';

const idle = /^(?:true|:|exit(?: 0)?|return 0|echo(?: .*)?|printf .*|sleep [\d.]+[smhd]?)$/;

/** Parts of a script whose only effect is its exit code. */
const isIdleScript = (text: string): boolean => {
  if (/[`>|&]|\$\(/.test(text)) return false;
  const parts = text
    .split(/[;\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '' && !part.startsWith('#'));
  return parts.every((part) => idle.test(part));
};

/** A query without a table answers the same whatever has happened. */
const isConstantQuery = (text: string): boolean =>
  /^\s*(?:select|values|do)\b/i.test(text) && !/\bfrom\b|\w\s*\(|@/i.test(text.replace(/'[^']*'/g, ''));

export const doesNothing = (value: Json | undefined): boolean => {
  if (typeof value === 'string') return isIdleScript(value) || isConstantQuery(value);
  if (Array.isArray(value)) {
    const words = value.map((word) => (typeof word === 'string' ? word : '?'));
    const program = words[0]?.replace(/^.*\//, '') ?? '';
    if (/^(?:ba|da|z|k)?sh$/.test(program) && words.some((word) => /^-[a-z]*c$/.test(word)))
      return isIdleScript(words.at(-1) ?? '');
    return /^(?:true|echo|printf|sleep)$/.test(program);
  }
  if (typeof value === 'object' && value !== null && 'run' in value)
    return doesNothing((value as { readonly run: Json }).run);
  return false;
};
