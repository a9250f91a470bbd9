/**
 * How wide a text is at most. The reader's font is not known: these are the widths of a wide one (DejaVu Sans, Verdana)
 * and a little more, in parts of the font size.
 */
const widths: readonly (readonly [RegExp, number])[] = [
  [/[ijlI.,:;'|! ]/, 0.35],
  [/[frt()[\]/\\`"-]/, 0.44],
  [/[mwMW@%&]/, 1],
  [/[A-Z+=<>~#$_?*{}^]/, 0.82],
  [/[ -~]/, 0.65],
  [/[\u00a0-\u017f]/, 0.82],
  [/…/, 1],
  [/[\u0180-\u10ff]/, 0.9],
];

const letterWidth = (letter: string): number => widths.find(([letters]) => letters.test(letter))?.[1] ?? 1.25;

const boldness = 1.14;

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
