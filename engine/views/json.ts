/** NDJSON on stdout: the journal's events as they are, plus `output`, `progress` and `tick` of the moment. */
import { outlook } from '../decide/outlook.ts';
import type { Plan } from '../plan.ts';
import { jsonText } from '../text.ts';
import { spanReport } from '../words/span.ts';
import type { View } from './view.ts';

/** At most one progress record per act in this many ms, so that a fast copy does not drown the events. */
const progressEveryMs = 1000;
const tickEveryMs = 5000;

export const createJsonView = (write: (line: string) => void): View => {
  let plan: Plan | undefined;
  let tickedAt = Number.NEGATIVE_INFINITY;
  let lastAt = 0;
  const progressAt = new Map<string, number>();
  const put = (record: { readonly type: string }) => write(`${jsonText(record)}\n`);

  return {
    start(info, state, now) {
      plan = info.plan;
      lastAt = now;
      const { runId: run, planDigest } = state;
      const record = {
        type: 'start',
        at: now,
        run,
        planDigest,
        journal: info.journalPath,
        logs: info.logDir,
      };
      put(record);
    },
    event(event, _state, now) {
      lastAt = now;
      put(event);
    },
    output(act, line) {
      const record = { type: 'output', at: lastAt, act, line };
      put(record);
    },
    progress(act, p, now) {
      lastAt = now;
      const before = progressAt.get(act);
      if (before !== undefined && now - before < progressEveryMs && p.done !== p.total) return;
      progressAt.set(act, now);
      const record = { type: 'progress', at: now, act, ...p };
      put(record);
    },
    tick(state, now) {
      lastAt = now;
      if (!plan || now - tickedAt < tickEveryMs) return;
      tickedAt = now;
      const found = plan.spans?.map((span) => spanReport(plan as Plan, state, span, now));
      const spans = found && { spans: found };
      const record = { type: 'tick', at: now, outlook: outlook(plan, state, now), ...spans };
      put(record);
    },
    ask: async () => null,
    note(text) {
      const record = { type: 'note', at: lastAt, text };
      put(record);
    },
    close: async () => {},
  };
};
