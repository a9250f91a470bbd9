/** The commands of `runbook`. */
import { fmt, init, steps } from './authoring-commands.ts';
import { completionCommand } from './completion-command.ts';
import { diffCommand } from './diff-command.ts';
import { lsp, schema } from './editor-commands.ts';
import { explain, lint } from './lint-commands.ts';
import { lintOptions } from './lint-options.ts';
import { options as o } from './options.ts';
import { reviewCommand } from './review-command.ts';
import type { ArgumentSpec, CommandSpec } from './spec.ts';
import { unlockCommand } from './unlock-command.ts';

const run: ArgumentSpec = {
  name: 'run',
  description: 'run id, or its first characters (default: the latest run)',
  complete: 'run',
};
const file: ArgumentSpec = { name: 'file', description: 'the runbook', required: true, complete: 'file' };

const exec: CommandSpec = {
  name: 'exec',
  summary: 'Execute a runbook, or rehearse it with --dry-run',
  description:
    'Policies of the team (runbook.policy.yaml, in the folder of the runbook and in each folder above it, up to the root\n' +
    'of its repository) all apply. A nearer one can be stricter, not looser. A violated rule of level error refuses\n' +
    'the start, also of `resume`; a rollback is never refused.',
  arguments: [file],
  options: [
    ...[o.vars, o.var, o.t0, o.dryRun, o.strict, o.skipWaits, o.skipAhead, o.yesToGate, o.beside, o.reason],
    ...[o.policy, o.runsDir, o.json],
  ],
  examples: [
    {
      run: 'runbook exec cutover.yaml --vars prod.yaml --dry-run',
      what: 'check everything without a change',
    },
    { run: 'runbook exec cutover.yaml --vars prod.yaml --t0 2026-11-22T23:00:00+01:00', what: 'the cutover' },
    { run: 'runbook exec cutover.yaml --vars lab.yaml --skip-waits', what: 'a rehearsal in the lab' },
    { run: 'runbook exec cutover.yaml --skip announce --reason "sent by hand"', what: 'without one step' },
  ],
  exits: [0, 1, 2, 3, 4, 5, 70, 130],
  load: async () => (await import('./exec.ts')).exec,
};

const resume: CommandSpec = {
  name: 'resume',
  summary: 'Continue a run that was interrupted or is held',
  description:
    'Finished steps are not run again. If it is unknown whether an act happened, it is probed first.\n' +
    'Without a choice, a failed step is run again and an unknown outcome is probed again. ' +
    'After a no-go, or when the maintenance window is too short, a choice is required.\n' +
    'If an engine is running, the choice is sent to it, and its answer is shown.',
  arguments: [run],
  options: [
    o.retry,
    o.skip,
    o.done,
    o.continue,
    o.ended,
    o.rollBack,
    o.reason,
    o.acceptChange,
    o.acceptCopy,
    o.yesToGate,
    o.runsDir,
    o.json,
  ],
  examples: [
    { run: 'runbook resume', what: 'the latest run, where it stopped' },
    { run: 'runbook resume 20261122 --retry smoke --reason "nginx restarted"', what: 'a held run' },
    { run: 'runbook resume --done dump --reason "dump is on disk, 1.2 GB"', what: 'outcome unknown' },
  ],
  exits: [0, 1, 2, 3, 4, 5, 70, 130],
  load: async () => (await import('./resume.ts')).resume,
};

const rollback: CommandSpec = {
  name: 'rollback',
  summary: 'Roll back a run, newest step first',
  description: 'Refused after the point of no return; the forward fix is shown instead.',
  arguments: [run],
  options: [o.reasonRequired, o.acceptCopy, o.runsDir, o.json],
  examples: [{ run: 'runbook rollback --reason "row counts differ"', what: 'the latest run' }],
  exits: [0, 1, 2, 3, 4, 5, 70, 130],
  load: async () => (await import('./rollback.ts')).rollback,
};

const status: CommandSpec = {
  name: 'status',
  summary: 'Where is the run, is it late, can it still be rolled back, what happened',
  description: 'Reads only the journal: works while an engine is running and after a crash.',
  arguments: [run],
  options: [o.runsDir, o.json],
  examples: [{ run: 'runbook status --json | jq .back.yes', what: 'can it still be rolled back' }],
  exits: [0, 2, 4],
  load: async () => (await import('./status.ts')).status,
};

const report: CommandSpec = {
  name: 'report',
  summary: 'Write the report of a run',
  description:
    'Made only from the journal; secrets are masked. Markdown, or JSON with --json.\n' +
    'With --into, the entry is written between two comments with the run id. A second call replaces it.',
  arguments: [run],
  options: [o.section, o.lessons, o.span, o.into, o.out, o.runsDir, o.json],
  examples: [
    { run: 'runbook report --lessons --out report.md', what: 'the latest run, all sections' },
    {
      run: 'runbook report 20261122 --lessons --into PROJECT_MEMORY.md',
      what: 'an entry in an existing file',
    },
    {
      run: 'runbook report --section numbers --span "downtime=maintenance-on..maintenance-off"',
      what: 'how long users waited',
    },
  ],
  exits: [0, 2, 4],
  load: async () => (await import('./report.ts')).report,
};

const runs: CommandSpec = {
  name: 'runs',
  summary: 'List the runs, latest first',
  arguments: [],
  options: [o.runsDir, o.json],
  examples: [{ run: 'runbook runs', what: 'this folder' }],
  exits: [0, 4],
  load: async () => (await import('./runs.ts')).runs,
};

const approve: CommandSpec = {
  name: 'approve',
  summary: 'Answer an open gate from any terminal',
  arguments: [
    { ...run, required: true },
    { name: 'gate', description: 'step id of the gate', required: true },
  ],
  options: [o.as, o.reasonRequired, o.noGo, o.runsDir, o.json],
  examples: [
    { run: 'runbook approve latest go-no-go --as lead --reason "counts match"', what: 'go' },
    { run: 'runbook approve latest go-no-go --as lead --reason "login fails" --no-go', what: 'no-go' },
  ],
  exits: [0, 2, 3, 4],
  load: async () => (await import('./approve.ts')).approve,
};

const check: CommandSpec = {
  name: 'check',
  summary: 'Answer an item of a checklist from any terminal',
  description: 'An item without an answer counts as failed.',
  arguments: [
    { ...run, required: true },
    { name: 'step', description: 'step id of the checklist', required: true },
    { name: 'item', description: 'id of the item', required: true },
  ],
  options: [o.pass, o.fail, o.as, o.reasonRequired, o.runsDir, o.json],
  examples: [
    {
      run: 'runbook check latest validation notes --pass --as lead --reason "read three"',
      what: 'passed',
    },
    {
      run: 'runbook check latest validation notes --fail --as lead --reason "empty page"',
      what: 'failed',
    },
  ],
  exits: [0, 2, 3, 4],
  load: async () => (await import('./check.ts')).check,
};

const ledger: CommandSpec = {
  name: 'ledger',
  summary: 'Results per item of a step that works item by item (recipients of a mailing)',
  description:
    'Without a step: a summary of each ledger. With a step: its items that failed or are unknown.\n' +
    'The engine never starts an unknown item again. Find out what happened to it and record that here,\n' +
    'while no engine is running. The next resume continues from there.',
  arguments: [run, { name: 'step', description: 'step id' }],
  options: [o.state, o.settle, o.settleAs, o.reason, o.runsDir, o.json],
  examples: [
    {
      run: 'runbook ledger latest mail-everybody --state unknown',
      what: 'recipients whose outcome is unknown',
    },
    {
      run: 'runbook ledger latest mail-everybody --settle ck311 --as sent --reason "in the SMTP log"',
      what: 'one of them was sent',
    },
  ],
  exits: [0, 2, 4],
  load: async () => (await import('./ledger.ts')).ledger,
};

const validate: CommandSpec = {
  name: 'validate',
  summary: 'Check a runbook without a connection to any server',
  arguments: [file],
  options: [o.vars, o.var, o.trustTypes, lintOptions.strictReview, o.policy, o.json],
  examples: [
    { run: 'runbook validate cutover.yaml --vars prod.yaml', what: 'show all problems' },
    { run: 'runbook validate cutover.yaml --strict', what: 'run lint as well' },
  ],
  exits: [0, 1, 2],
  means: { 1: 'with --strict: lint has an error or a warning' },
  load: async () => (await import('./validate.ts')).validate,
};

const plan: CommandSpec = {
  name: 'plan',
  summary: 'The timeline of a runbook: expected times, slack, and what a rollback costs at each step',
  description:
    'No server is touched. The times are those of a run in which nothing fails: each step takes what is `expected` of\n' +
    'it, without it no time. Per step: when it starts, how late it may end, how it is undone, how long a rollback of all\n' +
    'that is done by then takes, and until when it has to begin.\n' +
    '`markdown` contains a Mermaid gantt; `svg` is a picture that needs no other file.',
  arguments: [file],
  options: [o.vars, o.var, o.trustTypes, o.planT0, o.planFormat, o.output, o.json],
  examples: [
    { run: 'runbook plan cutover.yaml --vars prod.yaml', what: 'the timeline as text' },
    { run: 'runbook plan cutover.yaml --vars prod.yaml --format svg --output plan.svg', what: 'a picture' },
    {
      run: 'runbook plan cutover.yaml --vars prod.yaml --t0 2026-11-22T23:00:00+01:00',
      what: 'with times of day',
    },
  ],
  exits: [0, 2],
  load: async () => (await import('./plan.ts')).plan,
};

const whatIf: CommandSpec = {
  name: 'what-if',
  summary: 'What every single fault would lead to, and whether an invariant breaks',
  description:
    'No server is touched: the decisions of the engine are computed over each fault of the plan, and over pairs of\n' +
    'faults. Per step: how the run ends, what the operator is asked, what is undone, what is not, until when the\n' +
    'service is back at the latest, and whether the hard stop is kept. The `invariants` of the runbook, over the\n' +
    '`facts` that its steps set, are proven over all of it; one that breaks is shown as a story.',
  arguments: [file],
  options: [o.vars, o.var, o.trustTypes, o.pairs, o.seed, o.story, o.format, o.json],
  examples: [
    { run: 'runbook what-if cutover.yaml --vars prod.yaml', what: 'the table per step' },
    { run: 'runbook what-if cutover.yaml --vars prod.yaml --format markdown', what: 'for a pull request' },
    { run: 'runbook what-if cutover.yaml --vars prod.yaml --story dump:fails/roll-back', what: 'one story' },
  ],
  exits: [0, 1, 2],
  means: { 1: 'an invariant is broken' },
  load: async () => (await import('./what-if.ts')).whatIf,
};

const forecast: CommandSpec = {
  name: 'forecast',
  summary: 'How likely the run is on time, drawn from earlier runs and `expected`',
  description:
    'No server is touched: the run is played many times, with durations drawn from earlier runs of this runbook in\n' +
    'this environment, and from `expected` with a spread where there are none. The chance to start at T0 and to be\n' +
    'done by the hard stop, how long each fact of the runbook lasts, how long a rollback takes from each gate, and\n' +
    'which steps make it late. Nothing fails in a forecast: faults are for `runbook what-if`.',
  arguments: [file],
  options: [o.vars, o.var, o.trustTypes, o.t0, o.draws, o.forecastSeed, o.runsDir, o.format, o.json],
  examples: [
    { run: 'runbook forecast cutover.yaml --vars prod.yaml', what: 'started as `exec` would start it now' },
    { run: 'runbook forecast cutover.yaml --vars prod.yaml --t0 +30m', what: 'started 30 minutes before T0' },
  ],
  exits: [0, 2, 4],
  load: async () => (await import('./forecast.ts')).forecast,
};

const completion = completionCommand(() => commands);
const review = reviewCommand(() => commands);

export const commands: readonly CommandSpec[] = [
  exec,
  resume,
  rollback,
  unlockCommand,
  status,
  report,
  runs,
  approve,
  ledger,
  check,
  validate,
  lint,
  explain,
  diffCommand,
  plan,
  whatIf,
  forecast,
  init,
  fmt,
  steps,
  schema,
  lsp,
  completion,
  review,
];
