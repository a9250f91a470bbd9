/** The operator's screen on a TTY: the step list inside its frame, and the prompts. */

import { join } from 'node:path';
import type { Recorded } from '../decide/events.ts';
import { parseActKey } from '../decide/keys.ts';
import { isBackground, isStopped } from '../decide/queries.ts';
import type { RunState } from '../decide/state.ts';
import { plannedAt } from '../decide/times.ts';
import type { Plan } from '../plan.ts';
import { explainChoice, holdEffect } from '../words/choice.ts';
import { choiceWord, describeEvent } from '../words/event.ts';
import { clean, timeOfDay } from '../words/format.ts';
import { causeOf, remedyOf, whatNext, wordHeld } from '../words/hold.ts';
import { isCrowded, laneOf, laneProgress, lanesShown, laneTitle } from '../words/lane.ts';
import { runningTitle, waitingTitle } from '../words/step-title.ts';
import { converse, countdown, type HoldScene } from './dialogue.ts';
import { type FrameContent, frame } from './frame.ts';
import { createLineReader } from './line-reader.ts';
import { openList, type TaskList } from './listr.ts';
import { locatedPlan } from './located-plan.ts';
import { createMeter, type Meter } from './meter.ts';
import { painter } from './paint.ts';
import { progressLine } from './progress-line.ts';
import { forwardEntries, itemOf, lineId, openItemEnd, rollbackEntries, settledItem } from './step-list.ts';
import type { Question, View } from './view.ts';

export interface TtyOptions {
  readonly stream: NodeJS.WriteStream;
  readonly input: NodeJS.ReadStream;
  /** Folder that the paths of the runbook start from; undefined: they are shown as written. */
  readonly runbookDir?: string;
  /** Ctrl-C typed while a question is open. */
  interrupt(): void;
}

/** A burst is drawn once in this many ms: listr2 redraws on every change. */
const drawEveryMs = 100;
const keptNotes = 3;
const keptLines = 4;

interface Prompt {
  readonly asked: Question;
  readonly lines: readonly string[];
  readonly typed: string;
}

interface Live {
  readonly plan: Plan;
  readonly logDir: string;
  state: RunState;
  now: number;
  list: TaskList;
}

/** What must stay readable when the list has moved on. A hold is shown by its prompt. */
const warningOf = (event: Recorded, plan: Plan, state: RunState): string | null => {
  const said = describeEvent(event, plan, state);
  if (!said || event.type === 'gate-opened' || event.type === 'run-held') return null;
  const kept = said.tone === 'bad' || event.type === 'rollback-started' || event.type === 'line-crossed';
  if (!kept) return null;
  return [`${timeOfDay(event.at)} ${said.text}`, ...(said.more ?? [])].join('\n  ');
};

/** The details next to the question of a hold. */
const sceneOf = (live: Live | null): HoldScene => {
  const hold = live?.state.hold;
  if (!live || !hold) return { explain: (choice) => choiceWord[choice], facts: [], remedy: null };
  const { plan, state, logDir } = live;
  const effect = holdEffect(state, hold);
  const isAct = hold.step !== null && plan.steps[hold.step]?.kind === 'act';
  return {
    explain: (choice) => explainChoice(choice, plan, state, hold),
    remedy: remedyOf(plan, hold),
    facts: [
      ...(effect === null ? [] : [effect]),
      ...(isAct ? [`log: ${join(logDir, `${hold.step}.log`)}`] : []),
    ],
  };
};

const shown = ({ asked, lines, typed }: Prompt, now: number): FrameContent['question'] => {
  const left = countdown(asked, now);
  return { lines: [...lines, ...(left ? [left] : [])].map(clean), typed: clean(typed) };
};

export const createTtyView = ({ stream, input, interrupt, runbookDir }: TtyOptions): View => {
  const paint = painter(stream);
  const reader = createLineReader(input, interrupt);
  const meters = new Map<string, Meter>();
  const unseen = new Map<string, string[]>();
  const notes: string[] = [];
  let prompt: Prompt | null = null;
  let live: Live | null = null;
  let drawing = false;

  const content = ({ plan, state, now }: Live): FrameContent => {
    const { columns = 80, rows = 24 } = stream;
    const question = prompt && shown(prompt, now);
    return { plan, state, now, notes: notesBeside(state), question, columns, rows, paint };
  };

  /** The question of a hold already contains its cause. */
  const notesBeside = ({ hold }: RunState): readonly string[] =>
    notes.filter((said) => hold === null || !said.includes(clean(causeOf(hold))));

  const open = (plan: Plan, state: RunState, after: Promise<unknown>): TaskList => {
    const entries = state.rollback ? rollbackEntries(plan, state.rollback.owed) : forwardEntries(plan);
    const list = openList(entries, {
      stream,
      after,
      frame: (lines, final) => (live ? frame(lines, content(live), final) : lines),
    });
    for (const id of [lineId, ...Object.keys(state.steps)]) settle(list, plan, state, id);
    return list;
  };

  const settle = (list: TaskList, plan: Plan, state: RunState, id: string): void => {
    const end = settledItem(plan, state, id);
    if (end) list.end(itemOf(plan, id), end);
    else if (isBackground(plan.steps[id]) && state.steps[id]?.state === 'running') list.goOn(id);
  };

  const closeList = ({ list, plan, state, now }: Live): void =>
    list.close((id) => openItemEnd(plan, state, id, now));

  const draw = (): void => {
    if (!live) return;
    const { plan, state, now, list } = live;
    for (const step of Object.values(plan.steps)) {
      if (laneOf(plan, step.id)) continue;
      const started = state.steps[step.id]?.startedAt != null;
      const title = started
        ? `${runningTitle(step, state, now)}${barOf(plan, step.id, now)}`
        : waitingTitle(step, plannedAt(plan, state, step), now);
      list.update(step.id, title, newLines(plan, step.id), isStopped(state, step.id));
    }
    for (const lane of lanesShown(plan)) {
      const { at } = laneProgress(state, lane);
      const title = `${laneTitle(lane, state, now)}${at ? barOf(plan, at.id, now) : ''}`;
      const lines = lane.steps.flatMap(({ id }) => newLines(plan, id));
      list.update(lane.id, title, lines, at !== null && isStopped(state, at.id));
    }
  };

  const barOf = (plan: Plan, id: string, now: number): string => {
    const meter = meters.get(id);
    if (!meter) return '';
    return `${isCrowded(plan, id) ? '  ' : '\n'}${progressLine(meter.read(now))}`;
  };

  const newLines = (plan: Plan, id: string): readonly string[] => {
    const lines = unseen.get(id)?.splice(0) ?? [];
    return isCrowded(plan, id) ? [] : lines;
  };

  const drawSoon = (): void => {
    if (drawing) return;
    drawing = true;
    setTimeout(() => {
      drawing = false;
      draw();
    }, drawEveryMs).unref();
  };

  const note = (text: string): void => {
    notes.push(clean(text));
    notes.splice(0, notes.length - keptNotes);
  };

  return {
    start({ plan: asWritten, logDir }, state, now) {
      const plan = runbookDir === undefined ? asWritten : locatedPlan(asWritten, runbookDir);
      live = { plan, logDir, state, now, list: open(plan, state, Promise.resolve()) };
    },
    event(event, state, now) {
      if (!live) return;
      Object.assign(live, { state, now });
      const { plan, list } = live;
      if (event.type === 'step-started' || event.type === 'step-settled')
        settle(list, plan, state, event.step);
      if (event.type === 'line-crossed') settle(list, plan, state, lineId);
      if (event.type === 'rollback-started') {
        closeList(live);
        live.list = open(plan, state, list.ended);
      }
      const warning = warningOf(event, plan, state);
      if (warning) note(warning);
      drawSoon();
    },
    output(act, line) {
      const { step } = parseActKey(act);
      unseen.set(step, [...(unseen.get(step) ?? []), clean(line)].slice(-keptLines));
      drawSoon();
    },
    progress(act, p, now) {
      const { step } = parseActKey(act);
      const meter = meters.get(step);
      if (meter) meter.observe(p, now);
      else meters.set(step, createMeter(p, now));
      drawSoon();
    },
    tick(state, now) {
      if (live) Object.assign(live, { state, now });
      draw();
    },
    async ask(asked, signal) {
      const ask = (lines: readonly string[]) => {
        const show = (typed: string) => {
          prompt = { asked, lines, typed };
        };
        show('');
        return reader.read(show, signal);
      };
      try {
        return await converse(asked, ask, sceneOf(live));
      } finally {
        // A newer question may have replaced it.
        if (prompt?.asked === asked) prompt = null;
      }
    },
    note,
    async close(state, now) {
      if (!live) return;
      Object.assign(live, { state, now });
      closeList(live);
      await live.list.ended;
      const next = whatNext(state);
      if (next.length === 0) return;
      const held = state.hold && wordHeld(live.plan, state.hold);
      const facts = held ? [held.text, ...sceneOf(live).facts, ...held.more].map(clean) : [];
      const lines = [
        ...notesBeside(state),
        ...facts,
        'To continue:',
        ...next.map((command) => `  ${command}`),
      ];
      stream.write(['', ...lines, ''].join('\n'));
    },
  };
};
