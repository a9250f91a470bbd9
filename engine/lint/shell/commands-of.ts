/**
 * The commands of a script or of an argv, by a parser of the shell's language: what is in quotes, comments or a text
 * for `echo` is no command, and what stands in `$(...)`, in `sh -c '...'` or behind `ssh host` is one.
 */
import {
  type CommandNode,
  forEachChild,
  type Command as Node,
  parse,
  type SyntaxNode,
  type Word as Token,
} from 'unbash';
import { nameOf, programAt } from '../../load/literal/run-by.ts';
import type { Path } from '../../load/yaml-source.ts';
import type { ShellCommand, Word } from './command.ts';

/** Where a script stands in the input. */
interface Base {
  readonly path: Path;
  /** Added to offsets into the script; null: they lead nowhere in the text, and the place is that of `all`. */
  readonly offset: number | null;
  readonly all: Word;
}

interface Around {
  readonly pipedTo: readonly string[];
  readonly pipefail: boolean;
  readonly ignoredBy: Word | null;
}

const alone: Around = { pipedTo: [], pipefail: false, ignoredBy: null };

export const commandsOf = (run: string | readonly string[], path: Path): readonly ShellCommand[] => {
  if (typeof run === 'string') {
    const all = { text: run, path, span: null };
    return ofScript(run, { path, offset: 0, all });
  }
  const words = run.map((text, i): Word => ({ text, path: [...path, i], span: null }));
  return withInner({ words, ...bare, ...alone });
};

const ofScript = (script: string, base: Base): readonly ShellCommand[] => {
  const found: ShellCommand[] = [];
  const visit = (node: SyntaxNode, around: Around): void => {
    if (node.type === 'Command') found.push(...withInner({ ...wordsOf(node, base), ...around }));
    if (node.type === 'AndOr') visitList(node.commands, node.operators, around);
    else if (node.type === 'Pipeline') visitPipe(node.commands, around);
    else forEachChild(node, (child) => visit(child, node.type === 'Statement' ? around : alone));
  };
  const visitList = (nodes: readonly SyntaxNode[], operators: readonly string[], around: Around): void => {
    for (const [i, node] of nodes.entries()) {
      const next = nodes[i + 1];
      const ignoredBy = operators[i] === '||' && next ? nothing(next, base) : null;
      visit(node, { ...around, ignoredBy: ignoredBy ?? around.ignoredBy });
    }
  };
  const visitPipe = (nodes: readonly CommandNode[], around: Around): void => {
    const names = nodes.map((node) => (node.type === 'Command' ? plainName(node) : ''));
    for (const [i, node] of nodes.entries()) visit(node, { ...around, pipedTo: names.slice(i + 1) });
  };
  visit(parse(script), alone);
  return found.some(setsPipefail) ? withPipefail(found) : found;
};

const setsPipefail = ({ name, args }: ShellCommand): boolean =>
  name === 'set' && args.some(({ text }) => text === 'pipefail');

const withPipefail = (commands: readonly ShellCommand[]): readonly ShellCommand[] =>
  commands.map((command) => ({ ...command, pipefail: true }));

/** A command that does nothing and succeeds. */
const nothing = (node: SyntaxNode, base: Base): Word | null => {
  if (node.type !== 'Command' || !node.name) return null;
  const words = [node.name, ...node.args].map(({ text }) => text).join(' ');
  return ['true', ':', 'exit 0'].includes(words) ? wordOf(node.name, base) : null;
};

const plainName = (node: Node): string => {
  const words = [...(node.name ? [node.name] : []), ...node.args].map(shownText);
  const at = programAt(words);
  return at === null ? '' : nameOf(words[at] ?? '');
};

const shownText = (token: Node['args'][number]): string =>
  'value' in token && typeof token.value === 'string' ? token.value : token.text;

const wordOf = (
  token: { readonly pos: number; readonly end: number; readonly text: string; readonly value?: unknown },
  base: Base,
): Word => {
  const text = typeof token.value === 'string' ? token.value : token.text;
  if (base.offset === null) return { ...base.all, text };
  return { text, path: base.path, span: { start: base.offset + token.pos, end: base.offset + token.end } };
};

type Written = Pick<ShellCommand, 'words' | 'variables' | 'redirects' | 'document'>;
type Words = Written & Around;

/** Beside its words. */
const bare: Omit<Written, 'words'> = { variables: [], redirects: [], document: null };

const wordsOf = (node: Node, base: Base): Written => ({
  words: [...(node.name ? [node.name] : []), ...node.args].map((token) => wordOf(token, base)),
  variables: node.prefix
    .filter((part) => part.type === 'Assignment')
    .map((part) => wordOf({ ...bounds(part), text: part.text }, base)),
  redirects: node.redirects.flatMap((part) =>
    part.type === 'Redirect' && part.target
      ? [{ operator: part.operator, target: wordOf(part.target as Token, base) }]
      : [],
  ),
  document: documentOf(node, base),
});

const documentOf = ({ redirects }: Node, base: Base): Word | null => {
  const last = redirects.findLast((part) => part.type === 'HereDoc');
  return last ? wordOf(last.body, base) : null;
};

const bounds = ({ pos, end }: { readonly pos: number; readonly end: number }) => ({ pos, end });

const shells = new Set(['sh', 'bash', 'dash', 'ash', 'ksh', 'zsh']);
/** Options of ssh that take the next word. */
const takesNext = /^-[A-Za-z]*[BbcDEeFIiJLlmOopQRSWw]$/;

/** The command, and those that it starts by a text or by words of its own. */
const withInner = (from: Words): readonly ShellCommand[] => {
  const { words } = from;
  const texts = words.map(({ text }) => text);
  const at = programAt(texts) ?? 0;
  const program = words[at];
  if (!program) return [];
  const name = nameOf(texts[programAt(texts) ?? -1] ?? '');
  const args = words.slice(at + 1);
  const own: ShellCommand = { ...from, name, program, args };
  return [own, ...inner(own)];
};

const inner = ({ name, args, document }: ShellCommand): readonly ShellCommand[] => {
  if (shells.has(name) || name === 'su') {
    const flag = args.findIndex(({ text }) => /^-[a-z]*c$/.test(text) || text === '--command');
    const code = flag === -1 ? undefined : args[flag + 1];
    // A shell without a script of its own reads one.
    if (!code) return document && args.every(({ text }) => /^[-+]/.test(text)) ? ofText(document) : [];
    return args.some(({ text }) => text === 'pipefail') ? withPipefail(ofText(code)) : ofText(code);
  }
  if (name === 'ssh') return ofRemote(args, document);
  if (name === 'eval') return args.length === 1 && args[0] ? ofText(args[0]) : [];
  if (name === 'find') {
    const from = args.findIndex(({ text }) => ['-exec', '-execdir', '-ok'].includes(text));
    const end = args.findIndex(({ text }, i) => i > from && [';', '\\;', '+'].includes(text));
    return from === -1
      ? []
      : withInner({
          words: args.slice(from + 1, end === -1 ? undefined : end),
          ...bare,
          ...alone,
        });
  }
  return [];
};

const ofRemote = (args: readonly Word[], document: Word | null): readonly ShellCommand[] => {
  let host = 0;
  while (args[host]?.text.startsWith('-')) host += takesNext.test(args[host]?.text ?? '') ? 2 : 1;
  const rest = args.slice(host + 1);
  const [only] = rest;
  if (document && (!only || shells.has(nameOf(only.text)))) return ofText(document);
  if (!only) return [];
  if (rest.length === 1) return ofText(only);
  return ofScript(rest.map(({ text }) => text).join(' '), { path: only.path, offset: null, all: only });
};

/** A word that is a script: quoted by `'`, `"`, or as it is. */
const ofText = (word: Word): readonly ShellCommand[] => {
  const { text, span } = word;
  const quotes = span === null ? 0 : span.end - span.start - text.length;
  const offset = span === null ? 0 : quotes === 0 ? span.start : quotes === 2 ? span.start + 1 : null;
  return ofScript(text, { path: word.path, offset, all: word });
};
