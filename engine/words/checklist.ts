/** A checklist in words: who is asked what, and the result of each item. */

import type { Event } from '../decide/events.ts';
import { timerId } from '../decide/keys.ts';
import { itemState, openItems, stepState } from '../decide/queries.ts';
import type { RunState } from '../decide/state.ts';
import type { Plan, PlanChecklist } from '../plan.ts';
import { shellWord } from '../text.ts';
import { clean, timeOfDay } from './format.ts';
import type { Line, Sentence, Tone } from './sentence.ts';

type Of<T extends Event['type']> = Extract<Event, { type: T }> & { at: number };

const checkCommand = (runId: string, step: string, item: string, as = 'NAME'): string =>
  `runbook check ${runId} ${shellWord(step)} ${item} --pass --as ${as} --reason "..."`;

const sayOf = (plan: Plan, step: string, item: string): string => {
  const found = plan.steps[step];
  return (found?.kind === 'checklist' && found.items.find((i) => i.id === item)?.say) || item;
};

export const wordChecklist = {
  'checklist-opened': (e: Of<'checklist-opened'>, plan: Plan, state: RunState): Sentence => {
    const step = plan.steps[e.step];
    const people = step?.kind === 'checklist' ? step.approvers : [];
    const [first = 'NAME'] = people;
    return {
      tone: 'warn',
      text: `checklist ${e.step} asks ${people.join(', ')}`,
      more: e.asks.flatMap((item) => [
        sayOf(plan, e.step, item),
        `  ${checkCommand(state.runId, e.step, item, people.length === 1 ? first : 'NAME')}`,
      ]),
    };
  },
  'item-checked': (e: Of<'item-checked'>, plan: Plan): Sentence => {
    const by = e.by === null ? '' : ` by ${e.by} (login ${e.user ?? 'unknown'})`;
    return {
      tone: e.passed ? 'good' : 'bad',
      text: `${e.step} ${e.passed ? '✔' : '✘'} ${sayOf(plan, e.step, e.item)}${by}: ${e.reason}`,
    };
  },
};

/** The state of a checklist, item by item, for `status` and `--json`. */
export const checklistReport = (plan: Plan, state: RunState, step: PlanChecklist) => {
  const { checklist } = stepState(state, step.id);
  const asked = openItems(plan, state).filter((o) => o.step.id === step.id);
  return {
    id: step.id,
    state: stepState(state, step.id).state,
    approvers: step.approvers.map((id) => ({ id, name: plan.approvers[id]?.name ?? id })),
    deadline: state.timers[timerId.items(step.id, checklist?.round ?? 0)]?.until ?? null,
    items: step.items.map((item) => {
      const found = itemState(state, step, item);
      return {
        id: item.id,
        say: item.say,
        automatic: item.check !== null,
        passed: found?.passed ?? null,
        by: found ? (found.by ?? 'check') : null,
        user: found?.user ?? null,
        reason: found?.reason ?? null,
        at: found?.at ?? null,
        check: asked.some((o) => o.item.id === item.id) ? checkCommand(state.runId, step.id, item.id) : null,
      };
    }),
  };
};

export type ChecklistReport = ReturnType<typeof checklistReport>;

const mark = (passed: boolean | null): string => (passed === null ? '·' : passed ? '✔' : '✘');

/** The table of a checklist, its title first. */
export const checklistTable = (report: ChecklistReport): readonly Line[] => {
  const closes = report.deadline === null ? '' : `, closes ${timeOfDay(report.deadline)}`;
  const width = Math.max(...report.items.map((item) => item.say.length));
  return [
    { tone: 'plain', text: clean(`checklist ${report.id}${closes}`) },
    ...report.items.map(({ passed, say, by, reason, check, automatic }) => {
      const how = passed === null ? (check ?? (automatic ? 'automatic check' : '')) : `${by}: ${reason}`;
      const tone: Tone = passed === null ? 'warn' : passed ? 'good' : 'bad';
      return { tone, text: clean(`  ${mark(passed)} ${say.padEnd(width)}  ${how}`) };
    }),
  ];
};

/** `3 of 8 checked, 1 failed` */
export const checklistText = (state: RunState, step: PlanChecklist): string => {
  const found = step.items.flatMap((item) => itemState(state, step, item) ?? []);
  const failed = found.filter((item) => !item.passed).length;
  return `${found.length} of ${step.items.length} checked${failed > 0 ? `, ${failed} failed` : ''}`;
};
