/** What must be so of spans, whatever happens: asked before each event is folded. */
import type { Recorded } from '../../engine/decide/events.ts';
import { actKey, parseActKey } from '../../engine/decide/keys.ts';
import { mayHaveActed } from '../../engine/decide/queries.ts';
import type { RunState } from '../../engine/decide/state.ts';
import type { Plan, PlanSpan } from '../../engine/plan.ts';

interface Seen {
  readonly plan: Plan;
  readonly state: RunState;
  readonly now: number;
}

const never = (what: string, event: Recorded): never => {
  throw new Error(`${what}: ${JSON.stringify(event)}`);
};

export const checkSpans = (seen: Seen, event: Recorded): void => {
  const { plan, state } = seen;
  switch (event.type) {
    case 'span-opened':
      if (state.spans[event.span]?.until === null) never('a span opened twice', event);
      if (event.since > event.at) never('a span from the future', event);
      return;
    case 'span-closed':
      if (state.spans[event.span]?.until !== null) never('a span that is not open was closed', event);
      if (event.until < (state.spans[event.span]?.since ?? 0)) never('a span ended before it began', event);
      return;
    case 'span-breached': {
      const s = state.spans[event.span];
      if (!s || s.until !== null || s.breachedAt !== null) never('a breach of nothing', event);
      const wrong = event.breachedAt !== (s?.since ?? 0) + event.limitMs || event.at < event.breachedAt;
      if (wrong) never('a breach at a wrong instant', event);
      return;
    }
    case 'run-held':
      if (event.cause === 'span' && state.rollback) never('a rollback is held for a span', event);
      return;
    case 'act-started':
      if (parseActKey(event.act).phase === 'do') checkStarts(seen, event);
      return;
    case 'run-settled':
      for (const span of plan.spans ?? []) checkEnd(state, plan, span, event);
      return;
  }
};

/** A person has to decide first, unless all that is left to end it is running already. */
const checkStarts = ({ plan, state }: Seen, event: Extract<Recorded, { type: 'act-started' }>): void => {
  for (const span of plan.spans ?? []) {
    const s = state.spans[span.id];
    const ending = span.to.every((id) => (state.steps[id]?.state ?? 'pending') !== 'pending');
    const held = s?.until === null && s.breachedAt !== null && !s.waived && span.onBreach === 'hold';
    if (held && !ending && !state.acts[event.act]) never(`going on after the breach of ${span.id}`, event);
  }
};

/** Told from the steps alone, the other way round than the core does. */
const checkEnd = (
  state: RunState,
  plan: Plan,
  span: PlanSpan,
  event: Extract<Recorded, { type: 'run-settled' }>,
): void => {
  const s = state.spans[span.id];
  const begun = span.from.some((id) =>
    plan.steps[id]?.kind === 'act'
      ? state.acts[actKey(id, 'do', 0)]?.attempts.some(mayHaveActed)
      : state.steps[id]?.startedAt != null,
  );
  if (!begun) {
    if (s && s.as !== 'not-done') never(`${span.id} was counted although nothing began it`, event);
    return;
  }
  if (!s) {
    never(`${span.id} was never counted`, event);
    return;
  }
  if (event.result === 'succeeded') {
    const ends = span.to.filter((id) => state.steps[id]?.skipped !== 'condition');
    const reached = ends.length > 0 && ends.every((id) => state.steps[id]?.state === 'succeeded');
    if (reached !== (s.as === 'reached')) never(`${span.id} is ${s.as}, reached: ${reached}`, event);
  } else if (s.until === null) {
    const stays = span.from.some((id) => state.steps[id]?.state === 'kept');
    if (!stays) never(`${span.id} is open after the rollback`, event);
  }
  const length = (s.until ?? event.at) - s.since;
  if (s.as !== 'not-done' && length > span.limitMs !== (s.breachedAt !== null) && length !== span.limitMs)
    never(`${span.id} lasted ${length}, breached: ${s.breachedAt}`, event);
};
