/** Replaces secrets in text, whole or arriving in pieces. */
import { maskVariants } from './mask-variants.ts';

export interface Masker {
  /** From now on this value is replaced. */
  arm(secret: string): void;
  mask(text: string): string;
  /** For text that arrives in chunks cut anywhere. */
  stream(): MaskStream;
}

export interface MaskStream {
  /** The masked text that is sure by now; what may be the beginning of a secret is held back. */
  write(chunk: string): string;
  /** What was held back. */
  end(): string;
}

export const replacement = '***';

const longestHead = 8;

const escapeForPattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** What to look for, as it is searched fastest. */
interface Forms {
  /**
   * Finds where one may start, by its head: with the forms themselves, a long secret makes an expression too
   * large to be compiled, and the error quotes it.
   */
  readonly heads: RegExp;
  readonly longest: number;
  /** By head, the longest first, so that at each place the longest is found. */
  readonly byHead: ReadonlyMap<string, readonly string[]>;
  /** By first character, the longest first. */
  readonly byFirst: ReadonlyMap<string, readonly string[]>;
}

export const createMasker = (): Masker => {
  const known = new Set<string>();
  let forms: Forms | null = null;

  const mask = (text: string): string => (forms ? replaceUpTo(forms, text, text.length, 0).said : text);

  const arm = (secret: string): void => {
    const before = known.size;
    for (const form of maskVariants(secret)) known.add(form);
    if (known.size > before) forms = formsOf(known);
  };

  const stream = (): MaskStream => {
    let held = '';
    /** So much of `held` is part of a secret whose replacement was already written. */
    let covered = 0;
    const upTo = (text: string, cut: number): string => {
      if (!forms) return text;
      const { said, end } = replaceUpTo(forms, text, cut, covered);
      held = text.slice(cut);
      covered = Math.max(0, end - cut);
      return said;
    };
    return {
      write(chunk) {
        const text = held + chunk;
        return upTo(text, forms ? text.length - undecided(forms, text) : text.length);
      },
      end: () => upTo(held, held.length),
    };
  };

  return { arm, mask, stream };
};

const formsOf = (known: ReadonlySet<string>): Forms => {
  const sorted = [...known].sort((a, b) => b.length - a.length);
  const head = Math.min(longestHead, sorted.at(-1)?.length ?? 1);
  const byHead = Map.groupBy(sorted, (form) => form.slice(0, head));
  return {
    heads: new RegExp([...byHead.keys()].map(escapeForPattern).join('|'), 'g'),
    longest: sorted[0]?.length ?? 0,
    byHead,
    byFirst: Map.groupBy(sorted, (form) => form.charAt(0)),
  };
};

/**
 * Replaces what starts before `cut`. Forms that overlap are replaced as one: of two secrets that share an
 * end and a beginning, neither may show its rest. `covered`: the text begins inside of one already replaced.
 * `end`: how far the last replacement reaches, perhaps beyond the cut.
 */
const replaceUpTo = (
  { heads, byHead }: Forms,
  text: string,
  cut: number,
  covered: number,
): { said: string; end: number } => {
  let said = '';
  let end = covered;
  heads.lastIndex = 0;
  for (let match = heads.exec(text); match && match.index < cut; match = heads.exec(text)) {
    const { index } = match;
    heads.lastIndex = index + 1;
    const form = byHead.get(match[0])?.find((f) => text.startsWith(f, index));
    if (form === undefined) continue;
    if (index >= end) said += text.slice(end, index) + replacement;
    end = Math.max(end, index + form.length);
  }
  return { said: said + text.slice(end, cut), end };
};

/** Length of the end of `text` with which a form may begin that is not complete yet. */
const undecided = ({ byFirst, longest }: Forms, text: string): number => {
  for (let start = Math.max(0, text.length - longest + 1); start < text.length; start += 1) {
    const left = text.length - start;
    for (const form of byFirst.get(text.charAt(start)) ?? []) {
      if (form.length <= left) break;
      if (form.startsWith(text.slice(start))) return left;
    }
  }
  return 0;
};
