import { shellWord } from '../text.ts';
import { entry } from './entry.ts';
import { choose, list } from './remedies.ts';

/** RB6xx: what was asked for on the command line cannot be done. */
export const cli = {
  RB600: entry<{ pair: string }>({
    exit: 2,
    message: ({ pair }) => `--var "${pair}" has no name and value`,
    remedy: () => 'Write --var name=value',
  }),
  RB601: entry<{ t0: string }>({
    exit: 2,
    message: ({ t0 }) => `--t0 "${t0}" is not a time`,
    remedy: () => 'Use an ISO time with offset (2026-11-22T23:00:00+01:00), "now", or a distance like +45m',
  }),
  RB602: entry<{ shell: string; shells: readonly string[] }>({
    exit: 2,
    message: ({ shell }) => `No completion for the shell "${shell}"`,
    remedy: ({ shells }) => `Use one of: ${shells.join(', ')}`,
  }),
  RB603: entry<{ type: string; near: string | null; types: readonly string[] }>({
    exit: 2,
    message: ({ type }) => `There is no step type "${type}"`,
    remedy: ({ near, types }) => `${near ? `Did you mean "${near}"?  ` : ''}Types: ${types.join(', ')}`,
  }),
  RB604: entry<{ gate: string; gates: readonly string[] }>({
    exit: 2,
    message: ({ gate }) => `--yes-to-gate ${gate}: the runbook has no such gate`,
    remedy: ({ gates }) => (gates.length > 0 ? `Gates: ${gates.join(', ')}` : 'The runbook has no gate'),
  }),
  RB605: entry<{ gate: string; line: number }>({
    exit: 2,
    message: ({ gate, line }) => `--yes-to-gate ${gate}: this gate (line ${line}) is decided by people only`,
    remedy: () => 'Let an approver answer it, or have "allow_unattended: true" reviewed into the runbook',
  }),
  RB606: entry<{ flags: readonly string[] }>({
    exit: 2,
    message: ({ flags }) => `${flags.join(' and ')} exclude each other`,
    remedy: () => 'Make one choice at a time',
  }),
  RB607: entry<{ flag: string }>({
    exit: 2,
    message: ({ flag }) => `${flag} needs a reason, which is recorded`,
    remedy: () => 'Add --reason "..."',
  }),
  RB608: entry<{ flag: string; needs: string }>({
    exit: 2,
    message: ({ flag, needs }) => `${flag} has no effect without ${needs}`,
    remedy: ({ needs, flag }) => `Add ${needs} or leave ${flag} out`,
  }),
  RB609: entry<{ t0: string; hardStop: string }>({
    exit: 2,
    message: ({ t0, hardStop }) => `With T0 at ${t0}, the hard stop (${hardStop}) is already in the past`,
    remedy: () => 'Give the planned T0 with --t0',
  }),
  RB610: entry<{ gate: string; open: string | null; run: string }>({
    exit: 2,
    message: ({ gate }) => `Gate "${gate}" is not open`,
    remedy: ({ open, run }) =>
      open ? `The open gate is "${open}"` : `No gate is open now; see: runbook status ${run}`,
  }),
  RB611: entry<{ gate: string; as: string | null; approvers: readonly string[] }>({
    exit: 2,
    message: ({ gate, as }) => `"${as ?? ''}" is not an approver of gate "${gate}"`,
    remedy: ({ approvers }) => `Approvers: ${approvers.join(', ')}`,
  }),
  RB612: entry<{ gate: string; as: string }>({
    exit: 2,
    message: ({ gate, as }) => `"${as}" has already given this answer at gate "${gate}"`,
    remedy: () => 'Another approver has to answer',
  }),
  RB613: entry<{ gate: string; run: string }>({
    exit: 2,
    message: ({ gate }) => `The time to answer gate "${gate}" is over`,
    remedy: ({ run }) => `To be asked again: runbook resume ${run}`,
  }),
  RB614: entry<{ run: string }>({
    exit: 2,
    message: ({ run }) => `Run ${run} is not held, so there is nothing to choose`,
    remedy: ({ run }) => `See: runbook status ${run}`,
  }),
  RB615: entry<{ step: string; held: string | null }>({
    exit: 2,
    message: ({ step }) => `The run is not held at step "${step}"`,
    remedy: ({ held }) => (held ? `It is held at "${held}"` : 'It is held as a whole; see: runbook status'),
  }),
  RB616: entry<{ choice: string; commands: readonly string[] }>({
    exit: 2,
    message: ({ choice }) => `"${choice}" is not a possible choice here`,
    remedy: ({ commands }) => `Choices:\n${commands.map((c) => `    ${c}`).join('\n')}`,
  }),
  RB617: entry<{ forwardFix: string }>({
    exit: 2,
    message: () => 'The point of no return is crossed: a rollback would lose what users did since then',
    remedy: ({ forwardFix }) => `Fix forward:\n${forwardFix}`,
  }),
  RB618: entry<{ run: string }>({
    exit: 2,
    message: ({ run }) => `Run ${run} is already rolling back`,
    remedy: ({ run }) => `To continue the rollback: runbook resume ${run}`,
  }),
  RB619: entry<{ run: string; result: string }>({
    exit: 2,
    message: ({ run, result }) => `Run ${run} has ended: ${result}`,
    remedy: () => 'Start a new one: runbook exec',
  }),
  RB621: entry<{ gate: string; run: string }>({
    exit: 4,
    message: ({ gate }) =>
      `Gate "${gate}" leads to the point of no return and no engine is running: a go would not count`,
    remedy: ({ run }) => `First: runbook resume ${run}. The gate then asks again`,
  }),
  RB622: entry<{ step: string; item: string; open: readonly string[]; run: string }>({
    exit: 2,
    message: ({ step, item }) => `Item "${item}" of "${step}" is not waiting for an answer`,
    remedy: ({ open, run }) =>
      open.length > 0
        ? `Waiting for an answer: ${open.join(', ')}`
        : `No item is waiting for an answer; see: runbook status ${run}`,
  }),
  RB623: entry<{ step: string; item: string; run: string }>({
    exit: 2,
    message: ({ step, item }) => `The time to answer item "${item}" of "${step}" is over`,
    remedy: ({ run }) => `To be asked again: runbook resume ${run}`,
  }),
  RB624: entry<{ step: string; item: string; by: string | null; passed: boolean }>({
    exit: 2,
    message: ({ step, item, by, passed }) =>
      `Item "${item}" of "${step}" has already ${passed ? 'passed' : 'failed'} (answered by ${by ?? 'its own check'})`,
    remedy: ({ passed }) =>
      passed ? 'An answer cannot be changed' : 'To check a failed item again, resolve the hold with --retry',
  }),
  RB625: entry<{ step: string; as: string; approvers: readonly string[] }>({
    exit: 2,
    message: ({ step, as }) => `"${as}" is not an approver of the checklist "${step}"`,
    remedy: ({ approvers }) =>
      approvers.length > 0 ? `Approvers: ${approvers.join(', ')}` : 'All its items are checked by the engine',
  }),
  RB626: entry<object>({
    exit: 2,
    message: () => 'An item either passes or fails',
    remedy: () => 'Give one of --pass and --fail',
  }),
  RB627: entry<{ gate: string; run: string; over: boolean; forwardFix: string | null }>({
    exit: 2,
    message: ({ gate, forwardFix }) =>
      forwardFix === null
        ? `Too late: gate "${gate}" was passed with GO before this no-go`
        : `Too late: gate "${gate}" was passed with GO before this no-go, and the point of no return is crossed`,
    remedy: ({ run, over, forwardFix }) =>
      forwardFix === null
        ? `The run ${over ? 'has ended' : 'continues'}. To roll it back: runbook rollback ${run} --reason "..."`
        : `Fix forward:\n${forwardFix}`,
  }),
  RB628: entry<{ what: string; why: string; remedy: string | null }>({
    exit: 2,
    message: ({ what, why }) => `${what}: refused by the running engine. ${why}`,
    remedy: ({ remedy }) => remedy,
  }),
  RB630: entry<{ step: string; line: number; change: string }>({
    exit: 4,
    message: ({ step, line, change }) =>
      `Step "${step}" (line ${line}) has already run, but since then ${change}`,
    remedy: ({ step }) =>
      `Restore the runbook, or accept the change: --accept-change ${shellWord(step)} --reason "..."`,
  }),
  RB631: entry<{ step: string }>({
    exit: 4,
    message: ({ step }) => `Step "${step}" has already run, but is no longer in the runbook`,
    remedy: () => 'Restore the step: its undo is needed until the run has ended',
  }),
  RB632: entry<{ what: string }>({
    exit: 4,
    message: ({ what }) => `The runbook has a change that a started run cannot accept: ${what}`,
    remedy: () => 'Restore the runbook, or roll back and start a new run',
  }),
  RB633: entry<{ step: string }>({
    exit: 2,
    message: ({ step }) => `--accept-change ${step}: this step has no change that needs to be accepted`,
    remedy: () => 'Leave the option out',
  }),
  RB634: entry<{ step: string; line: number; what: string }>({
    exit: 4,
    message: ({ step, line, what }) => `${what} of "${step}" (line ${line}) changed during the run`,
    remedy: ({ step }) =>
      `Restore the runbook, or accept the change: --accept-change ${shellWord(step)} --reason "..."`,
  }),
  RB640: entry<{ path: string; line: number; why: string }>({
    exit: 2,
    message: ({ path, line, why }) => `${path}:${line}: the markers of its entries are broken: ${why}`,
    remedy: () =>
      'Fix them by hand: an entry begins with <!-- runbook:ID --> and ends with <!-- /runbook:ID -->',
  }),
  RB641: entry<{ path: string; why: string }>({
    exit: 2,
    message: ({ path, why }) => `${path} cannot be read or replaced: ${why}`,
    remedy: () =>
      'The file was not changed. Check its folder, permissions and disk space, then run the command again',
  }),
  RB642: entry<{ name: string; near: string | null; sections: readonly string[] }>({
    exit: 2,
    message: ({ name }) => `A report has no section "${name}"`,
    remedy: ({ near, sections }) =>
      `${near ? `Did you mean "${near}"?  ` : ''}Sections: ${sections.join(', ')}`,
  }),
  RB643: entry<{ given: string }>({
    exit: 2,
    message: ({ given }) => `--span "${given}" is not label=from..to`,
    remedy: () => 'Write --span "downtime=maintenance-on..maintenance-off", with ids of steps',
  }),
  RB644: entry<{ step: string; near: string | null }>({
    exit: 2,
    message: ({ step }) => `--span: the run has no step "${step}"`,
    remedy: ({ near }) => (near ? `Did you mean "${near}"?` : 'See: runbook status'),
  }),
  RB660: entry<{ flag: string; given: string }>({
    exit: 2,
    message: ({ flag, given }) => `${flag} "${given}" is not a whole number`,
    remedy: () => 'Write digits only',
  }),
  RB661: entry<{ story: string; unknown: string; near: string | null; known: readonly string[] }>({
    exit: 2,
    message: ({ story, unknown }) =>
      unknown === ''
        ? `The story "${story}" is not at its end: a person is asked there`
        : `The story "${story}": "${unknown}" is no fault and no choice there`,
    remedy: ({ near, known }) => choose(near, 'Known', known, 'The story ends before that'),
  }),
  RB693: entry<Record<string, never>>({
    exit: 2,
    message: () => 'The language server talks to an editor over stdin and stdout, and stdin is a terminal',
    remedy: () => 'Let the editor start `runbook lsp`; docs/editor.md shows its settings',
  }),
  RB665: entry<{ given: number; least: number; most: number }>({
    exit: 2,
    message: ({ given, least, most }) => `--runs ${given} is not between ${least} and ${most}`,
    remedy: () => 'Leave it out: 10000 draws are enough for a chance of one in a thousand',
  }),
  RB670: entry<{ name: string; why: string | null }>({
    exit: 2,
    message: ({ name, why }) =>
      `"${name}" is neither a file here nor a revision of git${why === null ? '' : ` (git: ${why})`}`,
    remedy: () => 'Give a file, REVISION:PATH or a revision; in CI, fetch the base as well (fetch-depth: 0)',
  }),
  RB671: entry<{ revision: string; path: string; near: string | null }>({
    exit: 2,
    message: ({ revision, path }) => `Revision "${revision}" has no file "${path}"`,
    remedy: ({ revision, near }) =>
      near === null
        ? 'Write the path from the root of the repository, or from here as ./PATH'
        : `Did you mean "${revision}:${near}"?`,
  }),
  RB672: entry<{ why: string }>({
    exit: 2,
    message: ({ why }) => `The objects of git cannot be read: ${why}`,
    remedy: () => 'Fetch what is missing, or check the repository: git fsck',
  }),
  RB673: entry<{ revision: string; file: string }>({
    exit: 2,
    message: ({ revision, file }) => `"${revision}" is a whole revision, "${file}" is one runbook`,
    remedy: ({ revision }) => `Name the runbook in it as well: ${revision}:PATH`,
  }),
  RB674: entry<{ given: string }>({
    exit: 2,
    message: ({ given }) => `There is no file "${given}", and this folder is in no repository of git`,
    remedy: () => 'Give two files, or call it inside of the repository',
  }),
  RB681: entry<{ name: string; message: string; steps: readonly string[]; why: string | null }>({
    exit: 2,
    message: ({ name, message, steps, why }) =>
      `Refused by policy "${name}": ${message}${steps.length === 0 ? '' : ` (${list(steps)})`}${why === null ? '' : `; it cannot be judged: ${why}`}`,
    remedy: () =>
      'Change the runbook, its vars or T0; a wrong rule is changed in a reviewed commit. No policy refuses a rollback',
  }),
  RB682: entry<{ why: string; remedy: string }>({
    exit: 2,
    message: ({ why }) => why,
    remedy: ({ remedy }) => remedy,
  }),
  RB683: entry<{ why: string; kept: string | null }>({
    exit: 1,
    message: ({ why }) => `The review was not posted to the pull request: ${why}`,
    remedy: ({ kept }) => (kept === null ? 'Run the job again' : `It is in ${kept}. Run the job again`),
  }),
  RB684: entry<{ what: string; remedy: string }>({
    exit: 2,
    message: ({ what }) => `Nothing says ${what}`,
    remedy: ({ remedy }) => remedy,
  }),
  RB685: entry<{ name: string; why: string }>({
    exit: 2,
    message: ({ name, why }) => `${name} ${why}`,
    remedy: () => 'GitHub Actions sets it. Elsewhere, leave it out or correct it',
  }),
} as const;
