/** The spans of the runbook against their limits. One that a rollback of its end began again is told each time. */
import type { Recorded } from '../decide/events.ts';
import type { PlanSpan } from '../plan.ts';
import { instant, span as length } from '../words/format.ts';
import { code, type Inline, md, table, text } from './markdown.ts';
import { endOf, type ReportedRun } from './reported-run.ts';
import { section } from './section.ts';

type Of<T extends Recorded['type']> = Extract<Recorded, { type: T }>;

/** Each time that it was open, by the events; an act without an effect began nothing. */
const timesOf = (run: ReportedRun, { id, limitMs }: PlanSpan) =>
  run.events.flatMap((opened) => {
    if (opened.type !== 'span-opened' || opened.span !== id) return [];
    const { n, since, step } = opened;
    const same = <T extends 'span-closed' | 'span-breached'>(type: T) =>
      run.events.find((e): e is Of<T> => e.type === type && 'span' in e && e.span === id && e.n === n);
    const closed = same('span-closed');
    if (closed?.as === 'not-done') return [];
    const until = closed?.until ?? null;
    const ms = (until ?? endOf(run)) - since;
    const breach = same('span-breached');
    return [
      {
        n,
        step,
        since,
        /** null: it was still open at the last event. */
        until,
        endedBy: closed?.as ?? null,
        ms,
        breachedAt: breach?.breachedAt ?? (ms > limitMs ? since + limitMs : null),
        /** How long after the breach it was recorded: no engine ran. null: there was none, or it is not recorded. */
        noticedMs: breach ? breach.at - breach.breachedAt : null,
      },
    ];
  });

const spansOf = (run: ReportedRun) =>
  (run.plan.spans ?? []).map((span) => ({
    id: span.id,
    name: span.name,
    from: span.from,
    to: span.to,
    limitMs: span.limitMs,
    onBreach: span.onBreach,
    times: timesOf(run, span),
  }));

type Reported = ReturnType<typeof spansOf>[number];

/** Below this it is the rhythm of the loop. */
const noticedFromMs = 5_000;

const endWord = { reached: '', undone: ' (ended by the rollback)', 'not-done': '' } as const;

const row = (span: Reported, time: Reported['times'][number]): readonly Inline[] => {
  const { since, until, ms, breachedAt, noticedMs, endedBy } = time;
  const late = noticedMs !== null && noticedMs >= noticedFromMs ? `, noticed ${length(noticedMs)} later` : '';
  const breach =
    breachedAt === null ? 'kept' : `passed at ${instant(breachedAt)}, by ${length(ms - span.limitMs)}${late}`;
  const end = until === null ? 'not ended' : `${instant(until)}${endedBy ? endWord[endedBy] : ''}`;
  return [
    text(span.name),
    text(instant(since)),
    text(end),
    text(`${length(ms)}${until === null ? ' so far' : ''}`),
    text(length(span.limitMs)),
    text(breach),
  ];
};

const ids = (all: readonly string[]): Inline =>
  all.length > 1 ? md`${code(all[0] ?? '')} and ${text(String(all.length - 1))} more` : code(all[0] ?? '');

export const spans = section('Spans', spansOf, (all) => {
  if (all.length === 0) return [];
  const rows = all.flatMap((span) =>
    span.times.length > 0
      ? span.times.map((time) => row(span, time))
      : [
          [
            text(span.name),
            md`${text('not begun: ')}${ids(span.from)}`,
            text(''),
            text(''),
            text(length(span.limitMs)),
            text(''),
          ],
        ],
  );
  return [
    table(
      ['Span', 'Since', 'Until', 'Lasted', 'Limit', 'The limit was'].map((head) => text(head)),
      rows,
    ),
  ];
});
