/**
 * A run's entry in a Markdown file that people also edit. It is between two comments, so that a second call replaces
 * it. All other bytes are kept, whatever their encoding.
 */

export interface BrokenMarkers {
  /** 1-based. */
  readonly line: number;
  readonly why: string;
}

export type Insertion =
  | { readonly content: Uint8Array; readonly replaced: boolean }
  | { readonly broken: BrokenMarkers };

interface Marker {
  readonly run: string;
  readonly closing: boolean;
  readonly start: number;
  /** After its line break. */
  readonly end: number;
  readonly line: number;
}

/** Alone on their line: a marker inside a sentence or a table does not count. Run ids are lower case. */
const markerLine = /^<!-- (\/?)runbook:([a-z0-9][a-z0-9-]*) -->[ \t]*\r?$/;

const opening = (run: string): string => `<!-- runbook:${run} -->`;
const closing = (run: string): string => `<!-- /runbook:${run} -->`;

const markersIn = (file: string): readonly Marker[] => {
  const found: Marker[] = [];
  let start = 0;
  for (let line = 1; start < file.length; line++) {
    const newline = file.indexOf('\n', start);
    const end = newline === -1 ? file.length : newline + 1;
    const [, slash, run] = markerLine.exec(file.slice(start, newline === -1 ? end : newline)) ?? [];
    if (run !== undefined) found.push({ run, closing: slash === '/', start, end, line });
    start = end;
  }
  return found;
};

/** null: no entry is open when the next begins, and no run has two. */
const brokenIn = (markers: readonly Marker[]): BrokenMarkers | null => {
  let open: Marker | null = null;
  const seen = new Set<string>();
  for (const marker of markers) {
    const { run, line } = marker;
    if (marker.closing) {
      if (open?.run !== run)
        return { line, why: `${closing(run)} ends an entry that was not opened before it` };
      open = null;
      continue;
    }
    if (open) return { line, why: `${opening(run)} is inside the entry that begins at line ${open.line}` };
    if (seen.has(run)) return { line, why: `run ${run} has a second entry` };
    seen.add(run);
    open = marker;
  }
  return open && { line: open.line, why: `${opening(open.run)} is never closed` };
};

/**
 * @param file as it is; empty for a file that does not exist
 * @param entry Markdown that ends with a newline
 */
export const insertEntry = (file: Uint8Array, run: string, entry: string): Insertion => {
  // One byte a letter: positions are offsets, and bytes that are no UTF-8 survive.
  const bytes = Buffer.from(file);
  const latin = bytes.toString('latin1');
  const markers = markersIn(latin);
  const broken = brokenIn(markers);
  if (broken) return { broken };
  const eol = /\r?\n/.exec(latin)?.[0] ?? '\n';
  const framed = `${opening(run)}\n${entry}${closing(run)}\n`.replaceAll('\n', eol);
  const own = markers.filter((m) => m.run === run);
  const [begin, end] = own;
  if (begin && end) {
    const content = [bytes.subarray(0, begin.start), Buffer.from(framed), bytes.subarray(end.end)];
    return { content: Buffer.concat(content), replaced: true };
  }
  // An empty line before it: a list or a table would otherwise absorb it.
  const gap = latin === '' ? '' : latin.endsWith('\n') ? eol : `${eol}${eol}`;
  return { content: Buffer.concat([bytes, Buffer.from(`${gap}${framed}`)]), replaced: false };
};
