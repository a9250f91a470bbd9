/** What people say in a story, and when: go at each gate and pass at each item, but for the fault of the script. */
import type { MaskedCommand } from '../decide/decisions.ts';
import type { Event } from '../decide/events.ts';
import { say } from '../decide/masked.ts';
import type { Plan, PlanChecklist, PlanGate, PlanItem } from '../plan.ts';
import { answerAfterMs } from './durations.ts';
import type { FaultKind } from './faults.ts';

export const person = { user: 'what-if', reason: say`what-if` } as const;

/** Empty: nobody is asked, or nobody answers. */
export const sayAtGate = (
  gate: PlanGate,
  fault: FaultKind | null,
  unmet: readonly string[],
  now: number,
): readonly MaskedCommand[] => {
  if (gate.prompt === null || unmet.length > 0 || fault === 'criterion' || fault === 'silence') return [];
  const noGo = fault === 'no-go';
  return gate.approvers.slice(0, noGo ? 1 : gate.minApprovals).map((as) => ({
    command: 'approve',
    gate: gate.id,
    as,
    unattended: false,
    ...person,
    verdict: noGo ? 'no_go' : 'go',
    at: now + answerAfterMs(gate),
  }));
};

export const sayOfItem = (
  list: PlanChecklist,
  item: PlanItem,
  fault: FaultKind | null,
  now: number,
): readonly MaskedCommand[] =>
  fault === 'silence'
    ? []
    : [
        {
          command: 'check',
          step: list.id,
          item: item.id,
          as: list.approvers[0] ?? '',
          passed: fault !== 'item-fails',
          ...person,
          at: now + answerAfterMs(list),
        },
      ];

/** The first event of a story. */
export const createdOf = ({ name, digest, environment }: Plan): Event => ({
  type: 'run-created',
  runId: 'what-if',
  runbook: name,
  planDigest: digest,
  environment,
  engine: 'what-if',
  user: person.user,
  measuredUndoMs: {},
});

export const sessionOf = (session: number): Event => ({
  type: 'session-started',
  session,
  pid: 1,
  host: 'what-if',
  user: person.user,
  interactive: true,
});
