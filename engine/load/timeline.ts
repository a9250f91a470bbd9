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

export const checkTimeline = (steps: readonly Planned[], window: Window, ctx: LoadContext): void => {
  let latest: { id: string; atMs: number } | null = null;
  for (const { id, atMs, path } of steps) {
    if (atMs === null) continue;
    const at = formatOffset(atMs);
    const add = (edge: 'opens' | 'hard_stop', limit: number) =>
      ctx.problems.add('RB214', { at, edge, limit: formatOffset(limit) }, ctx.source.value([...path, 'at']));
    if (window.opensMs !== null && atMs < window.opensMs) add('opens', window.opensMs);
    if (window.hardStopMs !== null && atMs > window.hardStopMs) add('hard_stop', window.hardStopMs);
    if (latest !== null && atMs < latest.atMs) {
      const data = { at, step: latest.id, before: formatOffset(latest.atMs) };
      ctx.problems.add('RB213', data, ctx.source.value([...path, 'at']));
    } else latest = { id, atMs };
  }
};
