/** `# runbook-ignore RB701: reason`: a remark that a reviewer has accepted, on its line or on the line above it. */
import type { Position } from '../diagnostic.ts';
import { nearestCode } from '../diagnostics/near.ts';
import type { YamlSource } from '../load/yaml-source.ts';
import type { Fix, Found } from './rule.ts';

export interface Ignore {
  readonly codes: readonly string[];
  /** '': none is given, and nothing is hidden. */
  readonly reason: string;
  /** The line that it speaks of. 1-based. */
  readonly line: number;
  readonly at: Position;
  /** Of the whole comment, with the space before it. */
  readonly start: number;
  readonly end: number;
}

const comment = /(^|\s)#\s*runbook-ignore\b([^\n\r]*)/;
const body = /^\s*((?:RB\d+[\s,]*)*)(?::\s*(.*?))?\s*$/;

export const ignoresIn = (yaml: YamlSource): readonly Ignore[] => {
  const lines = yaml.text.split('\n');
  return lines.flatMap((text, index) => {
    const match = comment.exec(text);
    if (!match) return [];
    const [, codes = '', reason = ''] = body.exec(match[2] ?? '') ?? [];
    const lineStart = yaml.lines.lineStarts[index] ?? 0;
    const start = lineStart + match.index;
    const hash = start + (match[1]?.length ?? 0);
    const end = lineStart + text.replace(/\r$/, '').length;
    const line = text.trimStart().startsWith('#') ? nextLine(lines, index) : index;
    return [
      {
        codes: codes.match(/RB\d+/g) ?? [],
        reason,
        line: line + 1,
        at: yaml.positionOf(hash, end),
        start,
        end,
      },
    ];
  });
};

/** The first below that is no comment itself. */
const nextLine = (lines: readonly string[], index: number): number => {
  let next = index + 1;
  while (lines[next]?.trimStart().startsWith('#')) next++;
  return next;
};

export interface Coded extends Found {
  readonly code: string;
}

export interface Sifted {
  readonly kept: readonly Coded[];
  /** What is wrong with the comments themselves. */
  readonly wrong: readonly Found[];
}

/** @param isOff a rule that does not run cannot show whether a comment is needed */
export const sift = (
  found: readonly Coded[],
  yaml: YamlSource,
  known: readonly string[],
  isOff: (code: string) => boolean,
): Sifted => {
  const ignores = ignoresIn(yaml);
  const byLine = Map.groupBy(
    ignores.filter(({ reason }) => reason !== ''),
    ({ line }) => line,
  );
  const used = new Map<Ignore, Set<string>>();
  const kept = found.filter(({ code, at }) => {
    const by = byLine.get(at.line)?.find(({ codes }) => codes.includes(code));
    if (by) used.set(by, (used.get(by) ?? new Set()).add(code));
    return by === undefined;
  });
  const wrong = ignores.flatMap((ignore) =>
    wrongWith(ignore, { known, used: used.get(ignore) ?? new Set(), isOff, text: yaml.text }),
  );
  return { kept, wrong };
};

interface Around {
  readonly known: readonly string[];
  readonly used: ReadonlySet<string>;
  readonly text: string;
  isOff(code: string): boolean;
}

const wrongWith = (ignore: Ignore, { known, used, isOff, text }: Around): readonly Found[] => {
  const { at, codes, reason } = ignore;
  const said = (message: string, remedy: string): Found => ({ at, step: null, message, remedy });
  if (codes.length === 0)
    return [said('The comment names no rule to ignore', 'Write `# runbook-ignore RB701: the reason`')];
  if (reason === '')
    return [
      said(
        'The comment hides nothing without a reason',
        `Write \`# runbook-ignore ${codes.join(' ')}: the reason\``,
      ),
    ];
  const idle = codes.filter((code) => !used.has(code) && !isOff(code));
  return idle.map((code) => {
    if (!known.includes(code)) {
      const near = nearestCode(code, known);
      return said(
        `There is no lint rule ${code}`,
        near === null ? 'See: runbook explain' : `Did you mean ${near}?`,
      );
    }
    const unused = said(
      `The comment hides nothing: ${code} has nothing to say about line ${ignore.line}`,
      'Remove it, or move it to the line of the remark',
    );
    return idle.length === codes.length ? { ...unused, fix: removal(ignore, text) } : unused;
  });
};

/** A line that holds the comment alone goes with it. */
const removal = ({ start, end }: Ignore, text: string): Fix => {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const before = text.slice(lineStart, start).trimEnd();
  if (before !== '') return { start: lineStart + before.length, end, text: '' };
  const newline = text.indexOf('\n', end);
  return { start: lineStart, end: newline === -1 ? end : newline + 1, text: '' };
};
