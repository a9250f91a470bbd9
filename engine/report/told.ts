/** What people were told while the run went on, and what could not be told. */
import { pendingNotices } from '../decide/notices.ts';
import { plural, timeOfDay } from '../words/format.ts';
import { type Inline, list, md, text } from './markdown.ts';
import type { ReportedRun } from './reported-run.ts';
import { section } from './section.ts';

const toldOf = ({ plan, events }: ReportedRun) =>
  (plan.notify ?? []).map(({ id, where }) => {
    const told = events.flatMap((e) => (e.type === 'told' && e.notify === id ? [e] : []));
    return {
      where,
      told: told.filter(({ ok }) => ok).length,
      failed: told.flatMap(({ ok, on, at, why }) => (ok ? [] : [{ on, at, why: why ?? null }])),
      /** Nothing is on record of these: a later session sends them. */
      pending: pendingNotices(plan, events).filter(({ notify }) => notify.id === id).length,
    };
  });

type Place = ReturnType<typeof toldOf>[number];

const lines = ({ where, told, failed, pending }: Place): readonly Inline[] => [
  md`${text(where)}: ${text(plural(told, 'message'))} sent${text(pending > 0 ? `, ${pending} not yet` : '')}`,
  ...failed.map(
    ({ on, at, why }) =>
      md`${text(where)}: not told at ${text(timeOfDay(at))}: ${text(on)} (${text(why ?? '')})`,
  ),
];

export const told = section('Notifications', toldOf, (all) =>
  all.length === 0 ? [] : [list(all.flatMap(lines))],
);
