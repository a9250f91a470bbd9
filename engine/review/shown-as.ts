/** Remarks in the format that was asked for. */
import { codeQuality } from './code-quality.ts';
import { github } from './github.ts';
import { json } from './json.ts';
import type { Remark } from './remark.ts';
import { sarif } from './sarif.ts';
import { text } from './text.ts';
import type { Shown, ShownOptions } from './view.ts';

const formats = { text, json, sarif, github, 'code-quality': codeQuality } as const satisfies Record<
  string,
  Shown
>;

export type RemarkFormat = keyof typeof formats;

export const remarkFormats = Object.keys(formats) as readonly RemarkFormat[];

/** Ends with a newline, unless it is empty. */
export const shownAs = (format: RemarkFormat, remarks: readonly Remark[], options: ShownOptions): string =>
  formats[format](remarks, options);
