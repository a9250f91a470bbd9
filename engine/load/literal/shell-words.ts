/** Words of a list that only a shell would expand: argv is passed to the program literally. */
import type { ShellFault } from '../../diagnostics/shell-fault.ts';
import { codeKind } from './code-words.ts';
import { runBy } from './run-by.ts';

export interface ShellWord {
  /** Its place in the list. */
  readonly index: number;
  /** The part that is meant. */
  readonly word: string;
  readonly fault: ShellFault;
  readonly remedy: string;
}

/** They take names of files, and leave patterns to the shell. */
const TAKES_FILES = new Set(
  'rm cp mv cat ls ln chmod chown chgrp mkdir rmdir touch head tail wc sort du stat file gzip gunzip bzip2 xz zstd md5sum sha1sum sha256sum shred install tee diff cmp readlink truncate'.split(
    ' ',
  ),
);
/** No programs, or programs that change nothing for what comes after them. */
const BUILTINS = new Set(
  'cd source . export unset alias eval exec set pushd popd ulimit umask trap'.split(' '),
);

const OPERATOR = /^(?:&&|\|\|?|\|&|;|&|[&\d]?(?:>>?|<<?<?)(?!=).*)$/;
/** `<title>` is a text, not a redirection. */
const TAG = /^<[^<>]*>/;
const VARIABLE = /\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*[^}]*\}|\()|`[^`]+`/;
export const HOME = /^~(?:[a-z_][\w-]*)?(?:\/|$)/;
const PATTERN = /[*?]|\[[^\]]+\]/;
const BRACES = /\{[^{}\s]*,[^{}\s]*\}/;

/** What to write instead of the list. */
export interface Advice {
  readonly script: string;
  /** How to mark a word as literal; null: not possible. */
  literal(word: string): string | null;
}

const ESCAPED: { readonly [char: string]: string } = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** As a text of an expression, in the quotes of YAML: JSON is read as YAML. */
const asLiteral = (word: string): string => {
  const text = word.replaceAll(/[\\'\n\r\t]/g, (char) => ESCAPED[char] ?? `\\${char}`);
  return JSON.stringify(`\${{ '${text}' }}`);
};

export const inRun: Advice = {
  script: 'Write the whole line as one text instead of a list: it is run by `sh -e`. Pass values by `env`',
  literal: (word) => `If it is meant literally: ${asLiteral(word)}`,
};

/** The command of a secret. */
export const inSecret: Advice = {
  script: 'Write the line for a shell: [sh, -c, "..."]',
  literal: () => null,
};

/** @param words as written; a word with `${{` is not checked. null: not a text */
export const shellWordsIn = (
  words: readonly (string | null)[],
  advice: Advice = inRun,
): readonly ShellWord[] => {
  const [first] = words;
  if (typeof first !== 'string' || first.includes('${{')) return rest(words, '', advice);
  return [...program(first, words.length, advice), ...rest(words, runBy(words), advice)];
};

const program = (first: string, count: number, { script }: Advice): readonly ShellWord[] => {
  const found = (fault: ShellFault, remedy: string): readonly ShellWord[] => [
    { index: 0, word: first, fault, remedy },
  ];
  if (/^[A-Za-z_]\w*=/.test(first)) return found({ kind: 'variable-first' }, 'Set it under `env`');
  if (BUILTINS.has(first))
    return found(
      { kind: 'keyword', word: first },
      `${first === 'cd' ? 'Give the folder as `cwd`. ' : ''}${script}`,
    );
  if (count === 1 && /\s/.test(first.trim()))
    return found({ kind: 'several-words' }, `Make each word an item, or write one text instead of a list`);
  return [];
};

const rest = (
  words: readonly (string | null)[],
  name: string,
  { script, literal }: Advice,
): readonly ShellWord[] => {
  const found: ShellWord[] = [];
  for (const [index, word] of words.entries()) {
    if (word === null || word.includes('${{') || (index === 0 && BUILTINS.has(word))) continue;
    const fault = faultOf(word, index, name, words);
    if (fault === null) continue;
    const meant = literal(word);
    found.push({ index, word, fault, remedy: meant === null ? script : `${script}. ${meant}` });
  }
  return found;
};

const faultOf = (
  word: string,
  index: number,
  name: string,
  words: readonly (string | null)[],
): ShellFault | null => {
  const kind = codeKind(word, words.slice(0, index));
  if (kind === 'code') return null;
  if (index > 0 && OPERATOR.test(word) && !TAG.test(word) && !isOwnOperator(word, name, words))
    return { kind: 'operator', word };
  if (HOME.test(word)) return { kind: 'home' };
  if (VARIABLE.test(word) && kind === 'none') return { kind: 'variable' };
  if (index === 0 || !TAKES_FILES.has(name) || word.startsWith('-')) return null;
  if (PATTERN.test(word)) return { kind: 'pattern', program: name };
  return BRACES.test(word) ? { kind: 'braces' } : null;
};

/** `find ... -exec ... ;` and comparisons of `test` and `expr`. */
const isOwnOperator = (word: string, name: string, words: readonly (string | null)[]): boolean =>
  (name === 'find' && word === ';' && words.some((w) => w === '-exec' || w === '-execdir' || w === '-ok')) ||
  (['test', '[', 'expr'].includes(name) && ['<', '>', '|', '&'].includes(word));
