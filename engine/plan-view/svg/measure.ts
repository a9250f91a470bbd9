/**
 * How wide a text is at most. The reader's font is not known: these are the widths of wide ones (Verdana, DejaVu Sans)
 * and a little more, in parts of the font size.
 */
const narrow = /[ijl.,:;'|!()[\]/\\`ft ]/;
const broad = /[mwMW@%&]/;
const upper = /[A-Z0-9+=<>~#$_?-]/;

const letterWidth = (letter: string): number => {
  if (letter > '\u017f') return letter === '…' ? 1 : letter < '\u1100' ? 0.85 : 1.2;
  if (narrow.test(letter)) return 0.46;
  if (broad.test(letter)) return 1.05;
  return upper.test(letter) ? 0.78 : 0.66;
};

const boldness = 1.12;

export const widthOf = (text: string, size: number, bold = false): number => {
  let width = 0;
  for (const letter of text) width += letterWidth(letter);
  return width * size * (bold ? boldness : 1);
};

/** Cut at its end so that it is no wider. */
export const fitted = (text: string, width: number, size: number, bold = false): string => {
  if (widthOf(text, size, bold) <= width) return text;
  let kept = '';
  for (const letter of text) {
    if (widthOf(`${kept}${letter}…`, size, bold) > width) break;
    kept += letter;
  }
  return `${kept.trimEnd()}…`;
};

/** Lines no wider than that. A word that is wider is cut. */
export const wrapped = (text: string, width: number, size: number): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/u)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer, size) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = fitted(word, width, size);
  }
  return line === '' ? lines : [...lines, line];
};
