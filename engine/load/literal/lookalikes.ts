/** Texts that look like an expression and are not one: of another tool, or of ours without `${{ }}`. */

export interface Lookalike {
  /** Offsets into the text. */
  readonly start: number;
  readonly end: number;
  /** The text found, and what to write instead. */
  readonly text: string;
  readonly write: string;
}

const ROOTS = 'vars|locals|secrets|steps|run';
const CURLY = /(?<!\$)\{\{([^{}]*)\}\}/g;
/** A name, with or without a filter. */
const NAME = /^([A-Za-z_][\w.[\]'"-]*?)\s*(?:\|(?!\|).*)?$/s;
const READS = new RegExp(`(?<![\\w.$'"-])(?:${ROOTS})[.[]`);
/** Filters, `and` and `or` of other tools; quoted text is kept. */
const FOREIGN = /'[^']*'|"[^"]*"|\s*(?<!\|)\|(?!\|)\s*\w+(?:\([^()]*\))?|\b(?:and|or)\b/g;
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
    const [whole, between = ''] = match;
    const write = instead(between.replace(/^[-~]|[-~]$/g, '').trim(), names, verbatim);
    return write === null
      ? []
      : [{ start: match.index, end: match.index + whole.length, text: whole, write: `\${{ ${write} }}` }];
  });
};

/** null: it is for another tool. */
const instead = (inner: string, names: Names, verbatim: boolean): string | null => {
  const [, name] = NAME.exec(inner) ?? [];
  if (name === undefined) return READS.test(inner) ? asOurs(inner) : null;
  const [root = ''] = name.split(/[.[]/);
  if (ROOTS.split('|').includes(root)) return name;
  if (verbatim) return null;
  return names.vars.includes(root) ? `vars.${name}` : 'vars.NAME';
};

const asOurs = (inner: string): string => {
  const text = inner.replaceAll(FOREIGN, (part) => {
    if (/^['"]/.test(part)) return part;
    return { and: '&&', or: '||' }[part] ?? '';
  });
  const [, negated] = /^not\s+(.*)$/s.exec(text) ?? [];
  if (negated === undefined || /&&|\|\|/.test(negated)) return text;
  return /^[\w.[\]'"-]+$/.test(negated) ? `!${negated}` : `!(${negated})`;
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
