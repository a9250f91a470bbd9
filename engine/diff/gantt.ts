/** The planned timeline as a Mermaid chart, which GitHub and GitLab draw. */
import { lineOf } from '../decide/queries.ts';
import type { Plan } from '../plan.ts';
import type { PlanTimes } from '../timeline/times.ts';
import { offset } from '../words/format.ts';

/** What is longer is not read in a comment. */
const MOST_ROWS = 30;

/** Letters that mean nothing to Mermaid. */
const plain = (text: string): string =>
  text
    .replace(/[^\p{L}\p{N} .()[\]+%/-]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();

/** The chart has no axis from T0: it begins at 00:00, and each row says its offset. */
const clock = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = Math.floor(seconds / 86_400);
  return `2000-01-${two(day + 1)} ${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
};

/** @param marked steps to show whatever their length: those that changed */
export const gantt = (title: string, plan: Plan, times: PlanTimes, marked: ReadonlySet<string>): string => {
  const from = times.startMs;
  const task = (name: string, tags: string, start: number, end: number): string =>
    `    ${plain(name)} ${plain(offset(start))} :${tags}${clock(start - from)}, ${clock(Math.max(end, start + 1000) - from)}`;
  const steps = Object.entries(times.steps).filter(([id]) => plan.steps[id] !== undefined);
  const longest = steps.toSorted(([, a], [, b]) => b.endMs - b.startMs - (a.endMs - a.startMs));
  const shown = new Set(
    [...steps.filter(([id]) => marked.has(id)), ...longest].slice(0, MOST_ROWS).map(([id]) => id),
  );
  const act = lineOf(plan)?.act;
  return [
    'gantt',
    `    title ${plain(title)}`,
    '    dateFormat YYYY-MM-DD HH:mm:ss',
    '    axisFormat %H:%M',
    ...(times.spans.length > 0 ? ['    section States'] : []),
    ...times.spans.map(({ fact, value, startMs, endMs }) =>
      task(`${fact} ${value}`, 'active, ', startMs, endMs ?? times.endMs),
    ),
    '    section Steps',
    ...steps.flatMap(([id, { startMs, endMs }]) => {
      const step = plan.steps[id];
      const line =
        id === act && times.noReturnMs !== null
          ? [
              `    point of no return ${plain(offset(times.noReturnMs))} :crit, milestone, ${clock(times.noReturnMs - from)}, 0d`,
            ]
          : [];
      if (!shown.has(id) || step === undefined) return line;
      const tags = marked.has(id) ? 'crit, ' : step.kind === 'gate' ? 'done, ' : '';
      return [...line, task(id, tags, startMs, endMs)];
    }),
  ].join('\n');
};
