/** Results of checklists, item by item, and of watches. */
import type { PlanChecklist, PlanWatch } from '../plan.ts';
import { checklistReport } from '../words/checklist.ts';
import { instant, plural, timeOfDay } from '../words/format.ts';
import { watchReport } from '../words/watch.ts';
import { type Block, bold, code, type Inline, list, md, table, text } from './markdown.ts';
import { endOf, type ReportedRun } from './reported-run.ts';
import { section } from './section.ts';

const checklistOf = ({ plan, state }: ReportedRun, step: PlanChecklist) => {
  const { id, state: at, items } = checklistReport(plan, state, step);
  return { step: id, name: step.name, state: at, items: items.map(({ check: _, ...item }) => item) };
};

const watchOf = (run: ReportedRun, step: PlanWatch) => {
  const { plan, state, events } = run;
  const { id, state: at, background, counts, last, tripped } = watchReport(plan, state, step, endOf(run));
  const trips = events.flatMap((e) =>
    e.type === 'watch-tripped' && e.step === id ? [{ at: e.at, as: e.as, message: e.message }] : [],
  );
  return { step: id, name: step.name, state: at, background, counts, last, tripped: tripped !== null, trips };
};

const checksOf = (run: ReportedRun) => {
  const begun = Object.values(run.plan.steps).filter((s) => run.state.steps[s.id]?.startedAt != null);
  return {
    checklists: begun.flatMap((s) => (s.kind === 'checklist' ? [checklistOf(run, s)] : [])),
    watches: begun.flatMap((s) => (s.kind === 'watch' ? [watchOf(run, s)] : [])),
  };
};

type Checklist = ReturnType<typeof checklistOf>;
type Watch = ReturnType<typeof watchOf>;

const answer = (passed: boolean | null): string => (passed === null ? 'not answered' : passed ? 'yes' : 'NO');

const who = ({ by, user }: Checklist['items'][number]): Inline =>
  by === null || user === null ? text(by ?? '') : md`${text(by)}, login ${code(user)}`;

const checklistMarkdown = (c: Checklist): readonly Block[] => {
  const passed = c.items.filter((i) => i.passed === true).length;
  return [
    [md`${code(c.step)} ${text(c.name)}: ${bold(text(`${passed} of ${c.items.length} passed`))}`],
    table(
      ['Item', 'Passed', 'By', 'Because', 'At'].map(text),
      c.items.map((i) => [
        text(i.say),
        text(answer(i.passed)),
        who(i),
        text(i.reason ?? ''),
        text(i.at === null ? '' : timeOfDay(i.at)),
      ]),
    ),
  ];
};

const watchMarkdown = (w: Watch): readonly Block[] => {
  const { success, failure, inconclusive, error } = w.counts;
  const taken = plural(success + failure + inconclusive + error, 'measurement');
  const counted = `${taken}: ${success} good, ${failure} bad, ${inconclusive} inconclusive, ${error} not taken`;
  const last = w.last?.value == null ? text('') : md`; last: ${code(w.last.value)}`;
  return [
    [md`${code(w.step)} ${text(w.name)}: ${bold(text(w.state))}, ${text(counted)}${last}`],
    list(w.trips.map((t) => md`Tripped ${text(instant(t.at))} (${text(t.as)}): ${text(t.message)}`)),
  ];
};

export const checks = section('Checklists and watches', checksOf, ({ checklists, watches }) => [
  ...checklists.flatMap(checklistMarkdown),
  ...watches.flatMap(watchMarkdown),
]);
