/** Options by the name under which the commands ask for them. */
import type { OptionSpec } from './spec.ts';

const define = <O extends Record<string, OptionSpec>>(options: O): { readonly [K in keyof O]: OptionSpec } =>
  options;

export const options = define({
  json: { flags: '--json', description: 'results and progress as JSON on stdout' },
  common: { flags: '--common', description: 'what every step may have beside its `with`' },
  vars: {
    flags: '--vars <file>',
    description: 'values of vars, as YAML; a later file overrides an earlier one (repeatable)',
    repeatable: true,
    complete: 'file',
  },
  var: {
    flags: '--var <key=value>',
    description: 'value of one var; overrides the files (repeatable)',
    repeatable: true,
  },
  policy: {
    flags: '--policy <file>',
    description:
      'a policy of the team, besides every runbook.policy.yaml from the folder of the runbook up to the root of its repository; all apply, the strictest counts (repeatable)',
    repeatable: true,
    complete: 'file',
  },
  runsDir: {
    flags: '--runs-dir <dir>',
    description: 'folder of the runs (default: .runbook/runs)',
    complete: 'directory',
  },
  dryRun: { flags: '--dry-run', description: 'check everything that can be checked, change nothing' },
  strict: { flags: '--strict', description: 'with --dry-run: fail when a step could not be checked' },
  t0: {
    flags: '--t0 <time>',
    description: 'T0 as ISO time with offset, "now", or "+45m" (default: the first step starts now)',
  },
  skipWaits: {
    flags: '--skip-waits',
    description: 'rehearsal: do not wait for planned times (`for` of a wait still counts)',
  },
  beside: {
    flags: '--beside',
    description:
      'start although an earlier run of this runbook and environment has not ended (needs --reason)',
  },
  lockedRun: { flags: '--run <run>', description: 'id of the run that has the lock', required: true },
  yesToGate: {
    flags: '--yes-to-gate <id>',
    description: 'answer go at a gate that has allow_unattended: true (repeatable)',
    repeatable: true,
  },
  retry: { flags: '--retry <step>', description: 'held: run the step again' },
  skip: {
    flags: '--skip <step>',
    description:
      'continue without the step: the one the run is held at, or one that has not started (repeatable)',
    repeatable: true,
  },
  skipAhead: {
    flags: '--skip <step>',
    description: 'run everything but this step; needs --reason (repeatable)',
    repeatable: true,
  },
  done: { flags: '--done <step>', description: 'held: the step did happen; count it as done' },
  continue: { flags: '--continue', description: 'held: continue despite the reason shown' },
  ended: { flags: '--ended', description: 'held: I checked by hand that the unreachable process has ended' },
  rollBack: { flags: '--roll-back', description: 'held: roll back the run, like `runbook rollback`' },
  acceptChange: {
    flags: '--accept-change <step>',
    description: 'accept a change to a step that already ran (repeatable)',
    repeatable: true,
  },
  acceptCopy: {
    flags: '--accept-copy',
    description: 'continue in a copied run directory, or in one whose lock database is lost',
  },
  state: {
    flags: '--state <state>',
    description: 'only items in this state: planned, claimed, done, not-done, failed or unknown',
  },
  settle: { flags: '--settle <key>', description: 'record the outcome of one item' },
  settleAs: {
    flags: '--as <outcome>',
    description: 'sent or unsent; an unsent item is sent by the next resume',
  },
  reason: { flags: '--reason <text>', description: 'reason (recorded)' },
  reasonRequired: { flags: '--reason <text>', description: 'reason (recorded)', required: true },
  as: { flags: '--as <approver>', description: 'approver id of the runbook', required: true },
  section: {
    flags: '--section <names>',
    description:
      'only these sections, separated by commas: numbers, timeline, gates, checks, holds, failures, rollback, outputs, lessons',
    repeatable: true,
  },
  lessons: { flags: '--lessons', description: 'add the lessons for the next run, derived from the journal' },
  span: {
    flags: '--span <label=from..to>',
    description: 'time from the end of one step to the end of another, e.g. the downtime (repeatable)',
    repeatable: true,
  },
  into: {
    flags: '--into <file>',
    description: "add or replace the run's entry in this Markdown file; the rest is kept",
    complete: 'file',
  },
  out: { flags: '--out <file>', description: 'write the report to this file', complete: 'file' },
  pass: { flags: '--pass', description: 'the item passed' },
  fail: { flags: '--fail', description: 'the item failed; say what is wrong in the reason' },
  format: { flags: '--format <format>', description: 'text, markdown or json (default: text)' },
  pairs: {
    flags: '--pairs <n>',
    description: 'try at most so many pairs of faults; more are sampled (default: 200)',
  },
  seed: { flags: '--seed <n>', description: 'which pairs are sampled (default: 1)' },
  draws: { flags: '--runs <n>', description: 'how many runs are drawn, 100 to 100000 (default: 10000)' },
  forecastSeed: { flags: '--seed <n>', description: 'which durations are drawn (default: 1)' },
  story: { flags: '--story <id>', description: 'show one story whole, by the id that the answer names' },
  planFormat: { flags: '--format <format>', description: 'text, markdown, json or svg (default: text)' },
  output: { flags: '--output <file>', description: 'write to this file', complete: 'file' },
  planT0: {
    flags: '--t0 <time>',
    description: 'also show times of day, for a T0 given as ISO time with offset, "now", or "+45m"',
  },
  trustTypes: {
    flags: '--trust-types',
    description:
      "run the code of the runbook's own step types that are modules; without it a runbook that has some is refused",
  },
  template: { flags: '--template', description: 'with new: a YAML template instead of code' },
  typesOf: {
    flags: '--runbook <file>',
    description: 'with the own step types of this runbook',
    complete: 'file',
  },
  noGo: { flags: '--no-go', description: 'answer no-go instead of go' },
});
