/** Gates that may wait for ever, and gates that one person decides alone. */
import type { PlanGate } from '../../plan.ts';
import type { LintContext, LintedStep } from '../context.ts';
import type { Rule } from '../rule.ts';

const gatesOf = ({ steps }: LintContext): readonly (LintedStep & { readonly step: PlanGate })[] =>
  steps.filter((s): s is LintedStep & { readonly step: PlanGate } => s.step.kind === 'gate');

export const gateWithoutTimeout: Rule = {
  code: 'RB705',
  name: 'gate-without-timeout',
  level: 'warning',
  page: {
    what: 'A gate that asks people and has no `timeout`',
    why: 'The person who was to answer had a dead phone. The run waited at the gate with the maintenance page up, nobody noticed for fifty minutes, and the hard stop passed. With a `timeout` the run is held, or rolled back, at a known time.',
    bad: `approvers: { lead: { name: Cutover lead }, deputy: { name: Deputy } }
steps:
  - id: go-no-go
    type: gate
    with: { prompt: Go live?, approvers: [lead, deputy] }`,
    good: `approvers: { lead: { name: Cutover lead }, deputy: { name: Deputy } }
steps:
  - id: go-no-go
    type: gate
    with: { prompt: Go live?, approvers: [lead, deputy], timeout: 10m, on_timeout: hold }`,
  },
  *check(context) {
    for (const gate of gatesOf(context))
      if (gate.step.prompt !== null && gate.step.timeoutMs === null)
        yield {
          at: context.atKey(gate, 'with', 'prompt'),
          step: gate.id,
          message: `The gate "${gate.id}" waits for an answer without a limit`,
          remedy: 'Add `timeout`, and with `on_timeout` what happens then: hold or no_go',
        };
  },
};

export const gateOfOnePerson: Rule = {
  code: 'RB706',
  name: 'gate-of-one-person',
  level: 'note',
  page: {
    what: 'A gate that only one person can answer',
    why: 'The one approver was on a train without network when the gate opened. Nobody else was allowed to answer, so a cutover that had gone well was rolled back.',
    bad: `approvers: { lead: { name: Cutover lead } }
steps:
  - id: go-no-go
    type: gate
    with: { prompt: Go live?, approvers: [lead], timeout: 10m }`,
    good: `approvers: { lead: { name: Cutover lead }, deputy: { name: Deputy } }
steps:
  - id: go-no-go
    type: gate
    with: { prompt: Go live?, approvers: [lead, deputy], timeout: 10m }`,
  },
  *check(context) {
    for (const gate of gatesOf(context))
      if (gate.step.prompt !== null && new Set(gate.step.approvers).size === 1)
        yield {
          at: context.atValue(gate, 'with', 'approvers', 0),
          step: gate.id,
          message: `Only ${gate.step.approvers[0]} can answer the gate "${gate.id}"`,
          remedy: 'Name a second approver',
        };
  },
};
