/** Words of a list that are code of the program: what looks like shell in them is for the program to read. */
import { nameOf } from './run-by.ts';

const names = (list: string): ReadonlySet<string> => new Set(list.split(' '));

/** They hand their words to a shell, joined. */
const JOINS = names('ssh watch parallel eval');
/** They take code as a plain word, so that any of their words may be code. */
const PLAIN = names('awk gawk mawk sed perl jq yq expr envsubst make ssh watch parallel');
/** They take code after an option, and only there. */
const AFTER_FLAG = names(
  'sh bash dash zsh ksh ash fish su runuser flock script ruby python node bun php lua mysql mariadb psql sqlite redis-cli mongosh mongo pwsh',
);
const FLAG = /^-[A-Za-z]{0,4}[ce]$|^--(?:eval|command|execute|expression)$/;
/** `-c` of php names a file of settings; of node it runs nothing. */
const OWN_FLAG: { readonly [program: string]: RegExp } = {
  php: /^-[rRBE]$|^--(?:run|process-begin|process-code|process-end)$/,
  node: /^-(?:p|pe|e)$|^--(?:eval|print)$/,
};
const LONG_WITH_CODE = /^--(?:eval|command|execute|expression|run|print)=/;

/** Without its version: python3.12, php8.3. */
const plainName = (word: string): string => nameOf(word).replace(/[\d.-]+$/, '');

export type CodeKind =
  /** All of it is read as code. */
  | 'code'
  /** It may be code: a `$` in it means something to the program. */
  | 'perhaps'
  | 'none';

export const codeKind = (word: string, before: readonly (string | null)[]): CodeKind => {
  const programs = before.map((w) => plainName(w ?? ''));
  if (programs.some((name) => JOINS.has(name))) return 'code';
  const reader = programs.findLast((name) => PLAIN.has(name) || AFTER_FLAG.has(name));
  if (reader === undefined) return 'none';
  const flag = Object.hasOwn(OWN_FLAG, reader) ? OWN_FLAG[reader] : FLAG;
  if (flag?.test(before.at(-1) ?? '') || LONG_WITH_CODE.test(word)) return 'code';
  return programs.some((name) => PLAIN.has(name)) ? 'perhaps' : 'none';
};
