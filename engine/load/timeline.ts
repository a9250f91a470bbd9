/** Planned starts: in the order of the list, inside the window. */

import type { Path } from '../expr/json-schema.ts';
import type { LoadContext } from './context.ts';
import { formatOffset } from './duration.ts';

export interface Planned {
  readonly id: string;
  readonly atMs: number | null;
  readonly path: Path;
}

export interface Window {
  readonly opensMs: number | null;
  readonly hardStopMs: number | null;
}

export const checkWindow = ({ opensMs, hardStopMs }: Window, ctx: LoadContext): void => {
  if (opensMs === null || hardStopMs === null || opensMs < hardStopMs) return;
  const data = { opens: formatOffset(opensMs), hardStop: formatOffset(hardStopMs) };
  ctx.problems.add('RB215', data, ctx.source.value(['timeline', 'window', 'opens']));
};

type Latest = { readonly id: string; readonly atMs: number } | null;

const later = (a: Latest, b: Latest): Latest => (a !== null && (b === null || a.atMs >= b.atMs) ? a : b);

/** Branches of a parallel block run beside each other: each is compared with itself and with what is before the block. */
export const checkTimeline = (steps: readonly Planned[], window: Window, ctx: LoadContext): void => {
  let latest: Latest = null;
  let before: Latest = null;
  let own: Latest = null;
  let at: Path = [];
  for (const { id, atMs, path } of steps) {
    if (atMs === null) continue;
    checkInWindow(atMs, path, window, ctx);
    if (path[1] !== at[1]) before = latest;
    if (path[1] !== at[1] || path[3] !== at[3]) own = before;
    at = path;
    if (own !== null && atMs < own.atMs) {
      const data = { at: formatOffset(atMs), step: own.id, before: formatOffset(own.atMs) };
      ctx.problems.add('RB213', data, ctx.source.value([...path, 'at']));
    } else own = { id, atMs };
    latest = later(own, latest);
  }
};

const checkInWindow = (atMs: number, path: Path, { opensMs, hardStopMs }: Window, ctx: LoadContext): void => {
  const add = (edge: 'opens' | 'hard_stop', limit: number) =>
    ctx.problems.add(
      'RB214',
      { at: formatOffset(atMs), edge, limit: formatOffset(limit) },
      ctx.source.value([...path, 'at']),
    );
  if (opensMs !== null && atMs < opensMs) add('opens', opensMs);
  if (hardStopMs !== null && atMs > hardStopMs) add('hard_stop', hardStopMs);
};
