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

const replacement = '***';

const escapeForPattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

export const createMasker = (): Masker => {
  const forms = new Set<string>();
  const prefixes = new Set<string>();
  let longest = 0;
  let pattern: RegExp | null = null;

  const mask = (text: string): string => (pattern ? text.replace(pattern, replacement) : text);

  const arm = (secret: string): void => {
    const before = forms.size;
    for (const form of maskVariants(secret)) forms.add(form);
    if (forms.size === before) return;
    const byLength = [...forms].sort((a, b) => b.length - a.length);
    // The longest first: a form that contains another is replaced as a whole.
    pattern = new RegExp(byLength.map(escapeForPattern).join('|'), 'g');
    longest = byLength[0]?.length ?? 0;
    for (const form of forms) for (let i = 1; i < form.length; i++) prefixes.add(form.slice(0, i));
  };

  /** Length of the end of `text` that a secret may begin with. */
  const undecided = (text: string): number => {
    for (let n = Math.min(longest - 1, text.length); n > 0; n--) {
      if (prefixes.has(text.slice(-n))) return n;
    }
    return 0;
  };

  const stream = (): MaskStream => {
    let held = '';
    return {
      write(chunk) {
        const text = held + chunk;
        // Cut before masking: a form that is complete may still be the beginning of a longer one.
        const n = undecided(text);
        const whole = lastWholeForm(text, text.length - n, pattern);
        held = text.slice(whole);
        return mask(text.slice(0, whole));
      },
      end() {
        const rest = mask(held);
        held = '';
        return rest;
      },
    };
  };

  return { arm, mask, stream };
};

/** The cut must not go through a form that matches: it moves before the one that it would split. */
const lastWholeForm = (text: string, cut: number, pattern: RegExp | null): number => {
  if (!pattern) return cut;
  for (const match of text.matchAll(pattern)) {
    const from = match.index;
    if (from >= cut) break;
    if (from + match[0].length > cut) return from;
  }
  return cut;
};
