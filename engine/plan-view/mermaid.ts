/**
 * The plan as a Mermaid gantt, which GitHub and GitLab draw. Its axis knows times of day only: without a T0, T0 is
 * noon. A label begins with an offset, so that no id is taken for a keyword of Mermaid.
 */
import type { Plan } from '../plan.ts';
import type { PlanTimes } from '../timeline/times.ts';
import { offset } from '../words/format.ts';
import { clockInstant, type T0 } from './clock.ts';
import { planRows, type StepRow } from './rows.ts';

/** `:`, `;`, `#` and `,` part a task from its data; `%%` begins a comment; the rest is HTML to some renderers. */
const label = (text: string): string =>
  text
    .replace(/[:;#,%<>|&"'`{}\\]|\p{C}/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();

/** Mermaid refuses long texts, and a gantt of more tasks is read by nobody. */
const mostTasks = 200;

const noon: T0 = { at: Date.UTC(2001, 0, 1, 12), offsetMinutes: 0 };

/** Gates and critical steps first, then the longest. */
const rank = ({ step, times }: StepRow): number =>
  step.kind === 'gate' || step.atMs === 0
    ? Number.POSITIVE_INFINITY
    : (times.critical ? 1e12 : 0) + times.endMs - times.startMs;

const chosen = (steps: readonly StepRow[]): ReadonlySet<StepRow> =>
  new Set(steps.toSorted((a, b) => rank(b) - rank(a)).slice(0, mostTasks));

export const timelineMermaid = (plan: Plan, times: PlanTimes, t0: T0 | null = null): string => {
  const { rows, steps } = planRows(plan, times);
  const clock = t0 ?? noon;
  const local = (ms: number): string => clockInstant(clock, ms).slice(0, 19);
  const shown = chosen(steps);
  let n = 0;
  const task = (name: string, tags: readonly string[], startMs: number, endMs: number): string => {
    const data = [
      ...tags,
      `s${++n}`,
      local(startMs),
      `${Math.max(0, Math.round((endMs - startMs) / 1000))}s`,
    ];
    return `  ${label(`${offset(startMs)} ${name}`)} :${data.join(', ')}`;
  };
  const stepTask = ({ step, times: { startMs, endMs, critical } }: StepRow): string => {
    const point = endMs - startMs < 1000;
    const tags = [...(critical ? ['crit'] : []), ...(step.kind === 'gate' || point ? ['milestone'] : [])];
    return task(step.id, tags, startMs, point ? startMs : endMs);
  };
  const lines = rows.flatMap((row): readonly string[] => {
    if (row.kind === 'line') return ['  section No rollback'];
    return shown.has(row) ? [stepTask(row)] : [];
  });
  const { opensMs, hardStopMs } = plan.timeline;
  const hidden = steps.length - shown.size;
  return `${[
    'gantt',
    `  title ${label(`${plan.name}, ${t0 ? `T0 is ${clockInstant(t0, 0).slice(0, 16)}` : 'T0 is drawn at 12.00'}`)}`,
    '  dateFormat YYYY-MM-DD HH:mm:ss',
    '  axisFormat %H:%M',
    '  todayMarker off',
    '  section Steps',
    ...lines,
    '  section Limits',
    ...(opensMs === null ? [] : [task('window opens', ['milestone'], opensMs, opensMs)]),
    ...(hardStopMs === null ? [] : [task('hard stop', ['crit', 'milestone'], hardStopMs, hardStopMs)]),
    ...(hidden > 0 ? [task(`and ${hidden} more steps`, ['done'], times.startMs, times.endMs)] : []),
    task('end', ['milestone'], times.endMs, times.endMs),
    ...(times.limited.length > 0 ? ['  section Spans'] : []),
    ...times.limited.map(({ name, limitMs, startMs, endMs }) =>
      task(name, endMs - startMs > limitMs ? ['crit'] : ['active'], startMs, endMs),
    ),
    ...(times.spans.length > 0 ? ['  section Facts'] : []),
    ...times.spans.map(({ fact, value, startMs, endMs }) =>
      task(`${fact} = ${value}`, ['active'], startMs, endMs ?? times.endMs),
    ),
  ].join('\n')}\n`;
};
