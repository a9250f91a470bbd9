/** A gate, before and after: what it demands, who answers, what no answer means. */
import type { PlanGate } from '../plan.ts';
import { span } from '../words/format.ts';
import { canonical, compareConditions, type Rename } from './expressions.ts';
import type { Found } from './found.ts';

export const compareGates = (was: PlanGate, is: PlanGate, found: Found, rename: Rename): void => {
  compareRequire(was, is, found, rename);
  compareCriteria(was, is, found, rename);
  comparePeople(was, is, found);
  compareTimes(was, is, found);
};

const compareRequire = (was: PlanGate, is: PlanGate, found: Found, rename: Rename): void => {
  const before = was.require.map(rename);
  for (const [i, step] of before.entries())
    if (!is.require.includes(step))
      found.add('gate', 'high', {
        what: `require ${step} dropped`,
        before: was.require[i],
        reason: `The gate says go although "${step}" has not succeeded`,
      });
  for (const step of is.require)
    if (!before.includes(step))
      found.add('gate', 'low', {
        what: `require ${step} added`,
        after: step,
        reason: 'The gate demands more than before',
      });
};

const compareCriteria = (was: PlanGate, is: PlanGate, found: Found, rename: Rename): void => {
  const after = new Set(is.criteria.map((expr) => canonical(expr)));
  const before = new Set(was.criteria.map((expr) => canonical(expr, rename)));
  const gone = was.criteria.filter((expr) => !after.has(canonical(expr, rename)));
  const come = is.criteria.filter((expr) => !before.has(canonical(expr)));
  // One that was rewritten is told once: with the one that says least else than it.
  for (const expr of gone) {
    const i = come.findIndex((other) => compareConditions(expr, other, rename) !== 'other');
    const other = i === -1 ? undefined : come.splice(i, 1)[0];
    if (other === undefined)
      found.add('gate', 'high', {
        what: 'criterion dropped',
        before: expr,
        reason: 'The gate says go although this is not true',
      });
    else if (compareConditions(expr, other, rename) === 'weaker')
      found.add('gate', 'high', {
        what: 'criterion weakened',
        before: expr,
        after: other,
        reason: 'The gate is satisfied by less than before',
      });
    else
      found.add('gate', 'low', {
        what: 'criterion strengthened',
        before: expr,
        after: other,
        reason: 'The gate demands more than before',
      });
  }
  for (const expr of come)
    found.add('gate', 'low', {
      what: 'criterion added',
      after: expr,
      reason: 'The gate demands more than before',
    });
};

const comparePeople = (was: PlanGate, is: PlanGate, found: Found): void => {
  if (was.prompt !== null && is.prompt === null)
    found.add('gate-people', 'high', {
      what: 'prompt dropped',
      before: was.prompt,
      reason: 'Nobody is asked any more: require and criteria decide alone',
    });
  else if (was.prompt === null && is.prompt !== null)
    found.add('gate-people', 'low', {
      what: 'prompt added',
      after: is.prompt,
      reason: 'People are asked now',
    });
  else if (was.prompt !== is.prompt)
    found.add('gate-people', 'low', {
      what: 'prompt',
      before: was.prompt ?? undefined,
      after: is.prompt ?? undefined,
      reason: 'The approvers answer another question',
    });
  for (const id of was.approvers)
    if (!is.approvers.includes(id))
      found.add('gate-people', 'high', {
        what: `approver ${id} dropped`,
        before: was.approvers.join(', '),
        after: is.approvers.join(', '),
        reason: `"${id}" is not asked any more, and cannot say no`,
      });
  for (const id of is.approvers)
    if (!was.approvers.includes(id))
      found.add('gate-people', was.prompt === null ? 'low' : 'medium', {
        what: `approver ${id} added`,
        before: was.approvers.join(', '),
        after: is.approvers.join(', '),
        reason: `"${id}" can say go now`,
      });
  if (was.minApprovals !== is.minApprovals && was.prompt !== null && is.prompt !== null)
    found.add('gate-people', is.minApprovals < was.minApprovals ? 'high' : 'low', {
      what: 'min_approvals',
      before: was.minApprovals,
      after: is.minApprovals,
      reason:
        is.minApprovals < was.minApprovals ? 'Fewer people have to say go' : 'More people have to say go',
    });
  if (was.allowUnattended !== is.allowUnattended)
    found.add('gate-people', is.allowUnattended ? 'high' : 'low', {
      what: 'allow_unattended',
      before: was.allowUnattended,
      after: is.allowUnattended,
      reason: is.allowUnattended
        ? 'An option of the command line can say go, and nobody is asked'
        : 'Only people can say go now',
    });
};

const limit = (ms: number | null): string => (ms === null ? 'no limit' : span(ms));

const compareTimes = (was: PlanGate, is: PlanGate, found: Found): void => {
  if (was.timeoutMs !== is.timeoutMs)
    found.add('gate-time', is.timeoutMs === null ? 'medium' : 'low', {
      what: 'timeout',
      before: limit(was.timeoutMs),
      after: limit(is.timeoutMs),
      reason:
        is.timeoutMs === null
          ? 'The gate waits for ever, until it is too late for a rollback'
          : 'The approvers have another time to answer',
    });
  if (was.onTimeout !== is.onTimeout && is.timeoutMs !== null)
    found.add('gate-time', 'medium', {
      what: 'on_timeout',
      before: was.onTimeout,
      after: is.onTimeout,
      reason: is.onTimeout === 'hold' ? 'No answer holds the run now' : 'No answer is a no-go now',
    });
  if (was.onNoGo !== is.onNoGo)
    found.add('gate-time', 'medium', {
      what: 'on_no_go',
      before: was.onNoGo,
      after: is.onNoGo,
      reason:
        is.onNoGo === 'hold' ? 'A no-go only holds the run now' : 'A no-go rolls the run back at once now',
    });
};
