/** Journals as a careful hand would edit them: every hash right again. */
import { createHash } from 'node:crypto';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Lines of a journal's content, without newlines. */
export const linesOf = (content: string): string[] => content.split('\n').slice(0, -1);

/** Gives every line from `from` (0-based) its previous line's hash and a hash of its own. */
export const rechain = (lines: readonly string[], from = 0): string[] => {
  const out = lines.slice(0, from);
  for (const line of lines.slice(from)) {
    const prev = /"hash":"([0-9a-f]{64})"\}$/.exec(out.at(-1) ?? '')?.[1] ?? '0'.repeat(64);
    const content = line.replace(/,"prev":"[0-9a-f]{64}","hash":"[0-9a-f]{64}"\}$/, `,"prev":"${prev}"`);
    out.push(`${content},"hash":"${sha256(content)}"}`);
  }
  return out;
};

export const contentOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
