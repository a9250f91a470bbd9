/** Colour by meaning. NO_COLOR, FORCE_COLOR and non-TTYs are honoured by styleText itself. */
import { styleText } from 'node:util';
import type { Tone } from '../words/sentence.ts';

export type Paint = (tone: Tone, text: string) => string;

const styles = {
  good: 'green',
  bad: 'red',
  warn: 'yellow',
  dim: 'dim',
  strong: 'bold',
} as const;

export const painter =
  (stream: NodeJS.WritableStream): Paint =>
  (tone, text) =>
    tone === 'plain' ? text : styleText(styles[tone], text, { stream });

export const noPaint: Paint = (_, text) => text;

/** Whether colour would come out on this stream at all. */
export const mayPaint = (stream: NodeJS.WritableStream): boolean => painter(stream)('bad', 'x') !== 'x';
