/** Where the run was held, and what was chosen. */

import { choiceWord } from '../words/event.ts';
import { plural, span, timeOfDay } from '../words/format.ts';
import { causeOf, remedyOf } from '../words/hold.ts';
import { bold, code, type Inline, list, md, text } from './markdown.ts';
import type { ReportedRun } from './reported-run.ts';
import { section } from './section.ts';

export const holdsOf = ({ events, plan }: ReportedRun) =>
  events.flatMap((e) => {
    if (e.type !== 'run-held') return [];
    const resolved = events.find((r) => r.type === 'hold-resolved' && r.hold === e.hold);
    return [
      {
        at: e.at,
        cause: e.cause,
        step: e.step,
        act: e.act,
        message: e.message,
        remedy: remedyOf(plan, { ...e, remedy: e.remedy ?? null }),
        /** null: no choice yet. */
        resolution:
          resolved?.type === 'hold-resolved'
            ? { at: resolved.at, choice: resolved.choice, by: resolved.by, reason: resolved.reason }
            : null,
      },
    ];
  });

type Hold = ReturnType<typeof holdsOf>[number];

const line = (h: Hold): Inline => {
  const where = h.step === null ? text('') : md` at ${code(h.step)}`;
  const { resolution } = h;
  const answer =
    resolution === null
      ? bold(text('not resolved'))
      : md`${bold(text(choiceWord[resolution.choice]))} by ${text(resolution.by)} after ${text(span(resolution.at - h.at))}: ${text(resolution.reason)}`;
  return md`${text(timeOfDay(h.at))}${where} (${text(h.cause)}): ${text(causeOf(h))}. ${answer}`;
};

/** Ms that the run was held. */
const heldMs = (holds: readonly Hold[]): number =>
  holds.reduce((sum, h) => sum + (h.resolution === null ? 0 : h.resolution.at - h.at), 0);

export const holds = section('Holds', holdsOf, (all) =>
  all.length === 0
    ? []
    : [[text(`${plural(all.length, 'hold')}, ${span(heldMs(all))} in total`)], list(all.map(line))],
);
