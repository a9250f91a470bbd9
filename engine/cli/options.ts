/** Options by the name under which the commands ask for them. */
import type { OptionSpec } from './spec.ts';

const define = <O extends Record<string, OptionSpec>>(options: O): { readonly [K in keyof O]: OptionSpec } =>
  options;

export const options = define({
  json: { flags: '--json', description: 'results and progress as JSON on stdout' },
  vars: {
    flags: '--vars <file>',
    description: 'values of vars, as YAML; a later file wins (repeatable)',
    repeatable: true,
    complete: 'file',
  },
  var: {
    flags: '--var <key=value>',
    description: 'one var; wins over every file (repeatable)',
    repeatable: true,
  },
  runsDir: {
    flags: '--runs-dir <dir>',
    description: 'where runs are kept (default: .runbook/runs)',
    complete: 'directory',
  },
  dryRun: { flags: '--dry-run', description: 'check everything that can be read, change nothing' },
  strict: { flags: '--strict', description: 'with --dry-run: fail when a step could not be checked' },
  t0: {
    flags: '--t0 <time>',
    description: 'T0 as ISO time with offset, "now", or "+45m" (default: the first step starts now)',
  },
  skipWaits: {
    flags: '--skip-waits',
    description: 'rehearsal: do not wait for planned times (a `wait: for` stays)',
  },
  yesToGate: {
    flags: '--yes-to-gate <id>',
    description: 'say go at a gate that has allow_unattended: true (repeatable)',
    repeatable: true,
  },
  retry: { flags: '--retry <step>', description: 'held: try the step again' },
  skip: { flags: '--skip <step>', description: 'held: go on without the step' },
  done: { flags: '--done <step>', description: 'held: the step did happen; take it as done' },
  continue: { flags: '--continue', description: 'held: go on in spite of the reason shown' },
  ended: { flags: '--ended', description: 'held: the work that could not be reached has ended' },
  rollBack: { flags: '--roll-back', description: 'held: take the run back, like `runbook rollback`' },
  acceptChange: {
    flags: '--accept-change <step>',
    description: 'take over a change to a step that already ran (repeatable)',
    repeatable: true,
  },
  acceptCopy: {
    flags: '--accept-copy',
    description: 'go on from a copied run directory, or one whose lock database is lost',
  },
  state: {
    flags: '--state <state>',
    description: 'items in this state: planned, claimed, done, not-done, failed or unknown',
  },
  settle: { flags: '--settle <key>', description: 'say what became of one item' },
  settleAs: { flags: '--as <outcome>', description: 'sent or unsent; unsent is sent with the next resume' },
  reason: { flags: '--reason <text>', description: 'why, for the record' },
  reasonRequired: { flags: '--reason <text>', description: 'why, for the record', required: true },
  as: { flags: '--as <approver>', description: 'approver id of the runbook', required: true },
  section: {
    flags: '--section <names>',
    description:
      'only these parts, by comma: numbers, timeline, gates, checks, holds, failures, rollback, outputs, lessons',
    repeatable: true,
  },
  lessons: { flags: '--lessons', description: 'and what the next night should know, derived from the facts' },
  span: {
    flags: '--span <label=from..to>',
    description:
      'how long from the end of one step to the end of another, e.g. the doors closed (repeatable)',
    repeatable: true,
  },
  into: {
    flags: '--into <file>',
    description: "put or replace the run's entry in this Markdown file; the rest of it stays",
    complete: 'file',
  },
  out: { flags: '--out <file>', description: 'write the report to this file', complete: 'file' },
  pass: { flags: '--pass', description: 'the item is as it should be' },
  fail: { flags: '--fail', description: 'it is not; the reason says what is wrong' },
  format: { flags: '--format <format>', description: 'text, markdown or json (default: text)' },
  pairs: {
    flags: '--pairs <n>',
    description: 'try at most so many pairs of faults; more are sampled (default: 200)',
  },
  seed: { flags: '--seed <n>', description: 'which pairs are sampled (default: 1)' },
  story: { flags: '--story <id>', description: 'show one story whole, by the id that the answer names' },
  noGo: { flags: '--no-go', description: 'answer no-go instead of go' },
});
