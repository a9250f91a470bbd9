/** A fix for a diagnostic that names the word that was meant. */
import type { Diagnostic } from '../diagnostic.ts';

export interface Fix {
  readonly title: string;
  /** In place of what the diagnostic underlines. */
  readonly text: string;
}

const wordOf = (data: Readonly<Record<string, unknown>>): unknown =>
  data.key ?? data.name ?? data.type ?? data.got;

/** null: none that is certain. `underlined`: the text at the position of the diagnostic. */
export const fixFor = ({ data }: Diagnostic, underlined: string): Fix | null => {
  const { near } = data as { near?: unknown };
  const word = wordOf(data as Readonly<Record<string, unknown>>);
  if (typeof near !== 'string' || typeof word !== 'string') return null;
  const [, quote = '', inner] = /^(['"]?)(.*)\1$/s.exec(underlined) ?? [];
  // A value is shown with quotes around it in some diagnostics.
  if (inner !== word && JSON.stringify(inner) !== word) return null;
  return { title: `Change to "${near}"`, text: `${quote}${near}${quote}` };
};
