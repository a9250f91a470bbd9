/** Screenshots are rows in MySQL and files on the VPS; only the rows migrate. */
import { screenshotEvery, trade } from './trades.ts';
import { cuid, instant, type Row, times } from './values.ts';

/** One pixel, so that a browser shows something; what follows the image is ignored and makes sizes differ. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** Names as Windows and a phone give them: blanks, an apostrophe, an accent. */
const nameOf = (i: number): string => `capture d'écran ${i}.png`;
const bytesOf = (i: number): Buffer => Buffer.concat([pixel, Buffer.alloc(i % 997, i % 251)]);
const tradeOf = (i: number): string => trade(i * screenshotEvery);
const countOf = (trades: number): number => Math.ceil(trades / screenshotEvery);

export const screenshotTable = (trades: number): [string, Iterable<Row>] => [
  'screenshots',
  times(countOf(trades), (i) => ({
    id: cuid('scr', i),
    tradeId: tradeOf(i),
    path: `/uploads/${tradeOf(i)}/${nameOf(i)}`,
    bytes: bytesOf(i).length,
    createdAt: instant(i),
  })),
];

export interface SeededFile {
  readonly folder: string;
  readonly name: string;
  readonly bytes: Buffer;
}

/** The file of each row, by its folder under `uploads`. */
export function* screenshotFiles(trades: number): Generator<SeededFile> {
  for (let i = 0; i < countOf(trades); i++) yield { folder: tradeOf(i), name: nameOf(i), bytes: bytesOf(i) };
}
