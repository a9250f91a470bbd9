/** The events of a span. */

import type { SpanEvent } from './events.ts';
import { timerId } from './keys.ts';
import type { RunState, SpanState } from './state.ts';

type Of<T extends SpanEvent['type']> = Extract<SpanEvent, { type: T }>;

export const foldSpanOpened = (state: RunState, { span, n, since, step, by }: Of<'span-opened'>): void => {
  state.spans[span] = { n, since, step, by, until: null, as: null, breachedAt: null, waived: false };
};

const current = (state: RunState, { span, n }: SpanEvent): SpanState => {
  const found = state.spans[span];
  if (found?.n !== n) throw new Error(`event for span ${span}, ${n}, which is not open`);
  return found;
};

export const foldSpanClosed = (state: RunState, e: Of<'span-closed'>): void => {
  Object.assign(current(state, e), { until: e.until, as: e.as });
  delete state.timers[timerId.span(e.span, e.n)];
};

export const foldSpanBreached = (state: RunState, e: Of<'span-breached'>): void => {
  current(state, e).breachedAt = e.breachedAt;
  delete state.timers[timerId.span(e.span, e.n)];
};

/** Whoever chose how to continue had the breaches on the screen. */
export const waiveSpans = (state: RunState): void => {
  for (const span of Object.values(state.spans)) if (span.breachedAt !== null) span.waived = true;
};
