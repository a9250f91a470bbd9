/** Words of commands and statements that take a protection away, whichever program reads them. */

interface Word {
  readonly pattern: RegExp;
  readonly means: string;
}

const overrides = 'it overrides a protection of the program';
const silences = 'a failure would no longer be noticed';
const destroys = 'it destroys what is there';
const trusts = 'it trusts any server that answers';

/** Dangerous where they appear. */
const added: readonly Word[] = [
  { pattern: /(?<![\w-])--[\w-]*data-loss\b/g, means: 'the program may delete data without asking' },
  {
    pattern:
      /(?<![\w-])--(?:force|accept|ignore|allow|skip|dangerously|unsafe|override|disable)(?:-[\w-]+)?/g,
    means: overrides,
  },
  {
    pattern:
      /(?<![\w-])--no-(?:verify|check|fail|lock|backup|preserve|validate|confirm|transaction|safe)[\w-]*/g,
    means: overrides,
  },
  { pattern: /\bgit\s+push\b[^\n;|&]*\s-f\b/g, means: overrides },
  {
    pattern:
      /\brm\s+(?:-{1,2}[\w-]+\s+)*-(?:[a-z]*r[a-z]*f|[a-z]*f[a-z]*r)[a-z]*\b|\brm\s+(?=[^\n;|&]*\s?-[a-z]*r)(?=[^\n;|&]*\s?-[a-z]*f)[^\n;|&]*/gi,
    means: destroys,
  },
  { pattern: /(?<![\w-])--delete(?:-[\w-]+)?|\bmkfs\b|\bdd\s+[^\n;|&]*\bof=/g, means: destroys },
  { pattern: /\bDROP\s+\w+/gi, means: destroys },
  { pattern: /\bTRUNCATE\b/gi, means: destroys },
  {
    pattern: /\bDELETE\s+FROM\s+[\w."`]+(?!\s*[\w."`]*\s*(?:AS\s+\w+\s+)?(?:WHERE|USING)\b)/gi,
    means: destroys,
  },
  {
    pattern: /\bDISABLE\s+TRIGGER\b|\bFOREIGN_KEY_CHECKS\s*=\s*0|\bsession_replication_role\b|\bCASCADE\b/gi,
    means: overrides,
  },
  { pattern: /\|\|\s*(?:true|:|exit 0|echo)(?![\w-])|;\s*(?:true|exit 0)\s*$/g, means: silences },
  { pattern: /(?:2|&)>\s*\/dev\/null|>\s*\/dev\/null\s+2>&1/g, means: silences },
  { pattern: /\bset\s+\+[eu]\b|\bset\s+\+o\s+pipefail/g, means: silences },
  {
    pattern:
      /(?<![\w-])--insecure\b|\bcurl\b[^\n;|&]*\s-[a-zA-Z]*k\b|StrictHostKeyChecking[= ]no|NODE_TLS_REJECT_UNAUTHORIZED\b|GIT_SSL_NO_VERIFY|(?<![\w-])--no-check-certificate\b/g,
    means: trusts,
  },
  { pattern: /\bchmod\s+(?:-R\s+)?0?777\b|\bsudo\b/g, means: 'it gives more rights than before' },
];

/** Dangerous where they go. */
const removed: readonly Word[] = [
  { pattern: /\bset\s+-[a-z]*e[a-z]*\b|\bpipefail\b/g, means: silences },
  {
    pattern:
      /(?<![\w-])--(?:single-transaction|dry-run|check|verify|strict|fail|atomic|exit-code|lock|backup|no-clobber|ff-only)(?:-[\w-]+)?/g,
    means: 'a protection of the program is no longer asked for',
  },
  { pattern: /\bWHERE\b/gi, means: 'the statement is no longer limited to some rows' },
  {
    pattern: /\bBEGIN\b|\bSTART TRANSACTION\b/gi,
    means: 'a failure in the middle would no longer be rolled back',
  },
];

const count = (text: string, { pattern }: Word): Map<string, number> => {
  const found = new Map<string, number>();
  for (const [each] of text.matchAll(pattern)) {
    const word = each.trim().replace(/\s+/g, ' ');
    found.set(word, (found.get(word) ?? 0) + 1);
  }
  return found;
};

const more = (some: ReadonlyMap<string, number>, than: ReadonlyMap<string, number>): readonly string[] =>
  [...some].flatMap(([word, n]) => (n > (than.get(word) ?? 0) ? [word] : []));

/** Why the change of a command is dangerous, in one sentence without a full stop; null: none of the words. */
export const dangerousWords = (before: string, after: string): string | null => {
  for (const word of added) {
    const [found] = more(count(after, word), count(before, word));
    if (found !== undefined) return `"${found}" was added: ${word.means}`;
  }
  for (const word of removed) {
    const [found] = more(count(before, word), count(after, word));
    if (found !== undefined) return `"${found}" was removed: ${word.means}`;
  }
  return null;
};
