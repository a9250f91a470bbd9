/** Splits `text ${{ expr }} text` into its parts. */

export type Segment =
  | { readonly kind: 'text'; readonly text: string }
  /** `start` is the offset of `expr` in the text; `open` the offset of its `${{`. */
  | { readonly kind: 'expr'; readonly expr: string; readonly start: number; readonly open: number };

export type Split =
  | { readonly ok: true; readonly segments: readonly Segment[] }
  | { readonly ok: false; readonly open: number };

export const hasPlaceholder = (text: string): boolean => text.includes('${{');

/** Position of the `}}` that closes an expression starting at `from`; one inside a quoted text does not count. */
const closing = (text: string, from: number): number => {
  let quote: string | null = null;
  let braces = 0;
  for (let i = from; i < text.length; i++) {
    const c = text[i];
    if (quote !== null) {
      if (c === '\\') i++;
      else if (c === quote) quote = null;
    } else if (c === '"' || c === "'") quote = c;
    else if (c === '{') braces++;
    else if (c === '}') {
      if (braces > 0) braces--;
      else if (text[i + 1] === '}') return i;
    }
  }
  return -1;
};

export const splitPlaceholders = (text: string): Split => {
  const segments: Segment[] = [];
  let at = 0;
  for (let open = text.indexOf('${{'); open !== -1; open = text.indexOf('${{', at)) {
    const close = closing(text, open + 3);
    if (close === -1) return { ok: false, open };
    if (open > at) segments.push({ kind: 'text', text: text.slice(at, open) });
    const raw = text.slice(open + 3, close);
    segments.push({
      kind: 'expr',
      expr: raw.trim(),
      start: open + 3 + raw.length - raw.trimStart().length,
      open,
    });
    at = close + 2;
  }
  if (at < text.length) segments.push({ kind: 'text', text: text.slice(at) });
  return { ok: true, segments };
};
