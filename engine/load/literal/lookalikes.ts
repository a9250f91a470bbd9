/** Texts that look like an expression and are not one: of another tool, or of ours without `${{ }}`. */

export interface Lookalike {
  /** Offsets into the text. */
  readonly start: number;
  readonly end: number;
  /** What stands there, and what to write. */
  readonly text: string;
  readonly write: string;
}

const ROOTS = 'vars|secrets|steps|run';
const CURLY = /(?<!\$)\{\{[-~]?\s*([A-Za-z_][\w.[\]'"-]*)\s*(?:\|[^{}]*)?[-~]?\}\}/g;
/** A text with these is a template of Go, whose braces mean something to a program. */
const OF_GO = /\{\{-?\s*(?:\.|range\b|if\b|with\b|json\b|end\b|printf\b|\$)/;
const SINGLE = new RegExp(
  `\\$\\{\\s*((?:${ROOTS})[.[][^{}]*?)\\s*\\}(?!\\})|\\$\\(\\s*((?:${ROOTS})\\.[\\w.-]+)\\s*\\)`,
  'g',
);
const BARE = new RegExp(`^\\$?(?:${ROOTS})(?:\\.[A-Za-z_][\\w-]*|\\[(?:'[^']*'|"[^"]*"|\\d+)\\])+$`);

export interface Names {
  /** Of vars, for `{{ domain }}`. */
  readonly vars: readonly string[];
  /** Whether the root leads to something that is declared: a host may be called `run.example`. */
  isDeclared(root: string, name: string): boolean;
}

/** `verbatim`: the text is for a program or for people, and may hold templates of its own. */
export const lookalikesIn = (text: string, names: Names, verbatim: boolean): readonly Lookalike[] => [
  ...curly(text, names, verbatim),
  ...single(text),
  ...(verbatim ? [] : bare(text, names)),
];

const curly = (text: string, names: Names, verbatim: boolean): readonly Lookalike[] => {
  if (!text.includes('{{') || OF_GO.test(text)) return [];
  return [...text.matchAll(CURLY)].flatMap((match) => {
    const [whole, inner = ''] = match;
    const [root = ''] = inner.split(/[.[]/);
    const ours = ROOTS.split('|').includes(root);
    if (verbatim && !ours) return [];
    const named = ours ? inner : names.vars.includes(root) ? `vars.${inner}` : `vars.NAME`;
    return [{ start: match.index, end: match.index + whole.length, text: whole, write: `\${{ ${named} }}` }];
  });
};

const single = (text: string): readonly Lookalike[] =>
  [...text.matchAll(SINGLE)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    text: match[0],
    write: `\${{ ${match[1] ?? match[2] ?? ''} }}`,
  }));

const bare = (text: string, names: Names): readonly Lookalike[] => {
  const trimmed = text.trim();
  if (!BARE.test(trimmed)) return [];
  const inner = trimmed.replace(/^\$/, '');
  const [, root = '', name = ''] = /^(\w+)(?:\.|\[['"]?)([\w-]+)/.exec(inner) ?? [];
  if (!names.isDeclared(root, name)) return [];
  return [{ start: 0, end: text.length, text: trimmed, write: `\${{ ${inner} }}` }];
};
