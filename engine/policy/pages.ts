/** By code: what `explain` shows of the policies, and SARIF as its rules. */
import type { Rule } from '../review/view.ts';
import { localFields } from './local-time.ts';
import { planTypes } from './plan-facts.ts';

/** `string` for what CEL calls it; the names of our types as links to their line. */
const typeLine = (name: string, fields: Readonly<Record<string, string>>): string => {
  const listed = Object.entries(fields).map(
    ([field, type]) => `\`${field}\` (${type.replace('google.protobuf.', '')})`,
  );
  return `- ${name}: ${listed.join(', ')}`;
};

const example = `\`\`\`yaml
version: 1
rules:
  - name: two-approvers
    message: A runbook for production needs a gate with two approvers
    that: "!('prod' in plan.targets) || plan.gates.exists(g, g.min_approvals >= 2)"
  - name: sunday
    message: The window is on Sunday before 06:00
    when: plan.environment == 'prod'
    that: within(t0 + plan.window.opens, t0 + plan.window.hard_stop, 'Sun 00:00-06:00', 'Europe/Paris')
  - name: verified
    message: A write has no verify
    level: warning
    that: plan.steps.all(s, s.effects != 'write' || s.verify.size() > 0)
lint:
  RB701: error
\`\`\``;

const language = `A rule is CEL over \`plan\` and \`t0\`. \`that\` is true where the plan keeps to the rule; with \`when\`, the rule is for those plans only. A rule about each step (\`plan.steps.all(...)\`) is shown at the steps that violate it. What a plan may not have is asked for with \`has(plan.window.opens)\`. Offsets are durations from T0: \`t0 + plan.window.opens\` is an instant.

Clocks of a time zone: \`local(t, 'Europe/Paris')\` has ${Object.keys(localFields)
  .map((field) => `\`${field}\``)
  .join(
    ', ',
  )}; \`within(from, to, 'Sat 22:00-Sun 06:00', 'Europe/Paris')\` is true where all of it is in one such span, also on the days when the clocks jump.

${Object.entries(planTypes)
  .toReversed()
  .map(([name, fields]) => typeLine(name, fields))
  .join('\n')}`;

export const policyPages: { readonly [code: string]: Rule } = {
  RB750: {
    title: 'A policy of the team is violated',
    level: 'error',
    help: `A rule of a \`runbook.policy.yaml\` is false for this runbook. \`exec\` and \`resume\` refuse to start while a rule of level error is violated; a rollback is never refused.

Change the runbook. If the rule itself is wrong, change it in a commit of its own: \`runbook diff\` shows a loosened policy as a dangerous change.

Policies apply from the folder of the runbook up to the root of its repository, all of them. A nearer one can be stricter, not looser.

${example}

${language}`,
  },
  RB751: {
    title: 'A policy cannot be judged',
    level: 'error',
    help: 'The expression of a rule ended with an error, which counts as a violation. Often it reads what this runbook does not have: ask first with `has(plan.window.opens)`, or limit the rule with `when`.',
  },
  RB752: {
    title: 'A policy is not checked yet',
    level: 'note',
    help: 'The rule reads `t0`. When a run starts, T0 is known and the rule is checked; before that it has neither passed nor failed. `runbook exec --dry-run --t0 TIME` checks it for a planned T0.',
  },
  RB753: {
    title: 'A lint level of a policy has no effect',
    level: 'warning',
    help: 'Several policies apply to the runbook, and another one is stricter about this lint rule. A policy nearer to the runbook can be stricter than those above it, not looser.',
  },
  RB754: {
    title: 'A policy sets the level of an unknown lint rule',
    level: 'warning',
    help: 'No rule has this code, so the setting does nothing. `runbook explain` lists the rules.',
  },
};
