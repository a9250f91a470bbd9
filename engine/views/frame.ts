/** The frame of the list on a TTY: the four questions above, the dialogue and the keys below. */

import { outlook } from '../decide/outlook.ts';
import { isBackground } from '../decide/queries.ts';
import type { RunState } from '../decide/state.ts';
import type { Plan } from '../plan.ts';
import { laneOf } from '../words/lane.ts';
import { standing } from '../words/overview.ts';
import { failureLine } from '../words/step-title.ts';
import type { Paint } from './paint.ts';
import { fitLines, wrap } from './screen.ts';
import { lineTitle } from './step-list.ts';

export interface FrameContent {
  readonly plan: Plan;
  readonly state: RunState;
  readonly now: number;
  readonly notes: readonly string[];
  /** The question being asked and what is typed so far; null: none. */
  readonly question: { readonly lines: readonly string[]; readonly typed: string } | null;
  readonly columns: number;
  readonly rows: number;
  readonly paint: Paint;
}

const keys = 'Ctrl-C: stop the engine, running commands continue · twice: stop them too';

/** Breaks at the separators of a line, so that a narrow terminal hides nothing. */
export const flow = (text: string, columns: number): readonly string[] => {
  const lines: string[] = [];
  for (const part of text.split(' · ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + part.length + 3 < columns)
      lines[lines.length - 1] = `${last} · ${part}`;
    else lines.push(lines.length === 0 ? part : `  ${part}`);
  }
  return lines.map((line) => line.slice(0, columns - 1));
};

/** Steps of the list only; watches in the background have their own lines. */
const running = ({ plan, state }: FrameContent): readonly string[] =>
  Object.keys(state.steps).filter(
    (id) => state.steps[id]?.state === 'running' && !isBackground(plan.steps[id]),
  );

const header = (c: FrameContent): readonly string[] =>
  standing(c.plan, c.state, c.now).flatMap(({ tone, text }) =>
    flow(text, c.columns).map((line) => c.paint(tone, line)),
  );

/** Lines of a question are wrapped, up to this many lines: the log has the full output. */
const longest = 6;

const asked = (c: FrameContent, lines: readonly string[]): readonly string[] =>
  lines
    .flatMap((line) => {
      const wrapped = wrap(line, c.columns - 1);
      return wrapped.length > longest ? [...wrapped.slice(0, longest), '...'] : wrapped;
    })
    .map((line) => c.paint('strong', line));

const footer = (c: FrameContent): readonly string[] => {
  const failure = failureLine(c.plan, c.state, running(c));
  const cut = (line: string) => line.slice(0, c.columns - 1);
  return [
    ...(failure && !c.question ? [c.paint('dim', cut(failure))] : []),
    ...c.notes.flatMap((n) => n.split('\n')).map((line) => c.paint('warn', cut(line))),
    ...(c.question
      ? [...(c.notes.length > 0 ? [''] : []), ...asked(c, c.question.lines), cut(`> ${c.question.typed}_`)]
      : []),
    ...flow(keys, c.columns).map((line) => c.paint('dim', line)),
  ];
};

/** `final`: the last drawing, complete and without keys. */
export const frame = (list: readonly string[], c: FrameContent, final: boolean): readonly string[] => {
  if (final) return ['', ...header(c), '', ...list];
  const [top, bottom] = [header(c), footer(c)];
  const id = c.state.hold?.step ?? running(c)[0] ?? outlook(c.plan, c.state, c.now).next?.step;
  const name = id === undefined ? undefined : (laneOf(c.plan, id)?.name ?? c.plan.steps[id]?.name);
  const active = list.findIndex((line) => name !== undefined && line.includes(name));
  const pinned = list.findIndex((line) => line.includes(lineTitle));
  const rows = Math.max(3, c.rows - top.length - bottom.length - 3);
  return [...top, '', ...fitLines(list, rows, Math.max(0, active), pinned), '', ...bottom];
};
