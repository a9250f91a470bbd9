/** The one comment of a review: found again by its first line, and never longer than GitHub takes. */
import { text } from '../report/markdown.ts';

export interface Section {
  /** Plain text; null: the body has its own. */
  readonly title: string | null;
  /** Markdown. */
  readonly body: string;
  /** Behind its title, to be opened. */
  readonly folded: boolean;
}

/** GitHub refuses more. It counts characters as JavaScript does, or more leniently. */
const limit = 65_536;

/** Kept free for what stands around the sections. */
const reserve = 1_000;

export const markerOf = (key: string): string => `<!-- runbook-review: ${key} -->`;

/** @param more where all of it can be read, as Markdown; null: nowhere else */
export const commentOf = (key: string, sections: readonly Section[], more: string | null): string => {
  const parts = [markerOf(key)];
  let left = limit - reserve;
  let leftOut = false;
  for (const section of sections) {
    const whole = shown(section, section.body);
    if (whole.length <= left) {
      parts.push(whole);
      left -= whole.length + 2;
      continue;
    }
    leftOut = true;
    const frame = shown(section, '').length;
    const body = cut(section.body, left - frame);
    if (body === null) continue;
    const part = shown(section, body);
    parts.push(part);
    left -= part.length + 2;
  }
  if (leftOut) parts.push('**Parts were left out: the comment would be too long.**');
  if (more !== null) parts.push(more);
  return `${parts.join('\n\n')}\n`;
};

const shown = ({ title, folded }: Section, body: string): string =>
  folded
    ? `<details><summary>${html(title ?? '')}</summary>\n\n${body.trim()}\n\n</details>`
    : `${title === null ? '' : `## ${text(title)}\n\n`}${body.trim()}`;

/** Markdown is not read inside of `<summary>`. */
const html = (raw: string): string => raw.replace(/[&<>]/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** Less is of no use to a reader. */
const shortest = 500;

const endOfDetails = '\n\n</details>';

/** Whole lines, with what they opened closed again; null: too little would be left. */
const cut = (body: string, room: number): string | null => {
  if (room < shortest) return null;
  const kept: string[] = [];
  let length = 0;
  let end = '';
  let fence: string | null = null;
  let details = 0;
  for (const line of body.split('\n')) {
    const opened = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1] ?? null;
    if (fence === null && opened !== null) fence = opened;
    else if (fence !== null && line.trim().startsWith(fence) && /^[`~\s]+$/.test(line)) fence = null;
    else if (fence === null)
      details += (line.match(/<details\b/g)?.length ?? 0) - (line.match(/<\/details>/g)?.length ?? 0);
    const closing = `${fence === null ? '' : `\n${fence}`}${endOfDetails.repeat(Math.max(0, details))}`;
    length += line.length + 1;
    if (length + closing.length > room) break;
    kept.push(line);
    end = closing;
  }
  return kept.length === 0 ? null : `${kept.join('\n')}${end}`;
};
