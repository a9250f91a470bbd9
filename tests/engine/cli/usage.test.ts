import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { commands } from '../../../engine/cli/commands.ts';
import manifest from '../../../package.json' with { type: 'json' };
import { engineMain } from '../../support/engine-main.ts';
import { runbookHere as runbook } from './command-line.ts';

test('--version is the version and nothing else', async () => {
  expect(await runbook(['--version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
});

test.each([
  [['exce', 'a.yaml'], "unknown command 'exce'", 'Did you mean exec?', 'See: runbook --help'],
  [['exec'], "missing required argument 'file'", 'See: runbook exec --help'],
  [['exec', 'a.yaml', '--dry-rum'], "unknown option '--dry-rum'", 'Did you mean --dry-run?'],
  [['exec', 'a.yaml', 'b.yaml'], 'too many arguments', 'See: runbook exec --help'],
  [['approve', 'r', 'g'], "required option '--as <approver>' not specified", 'See: runbook approve --help'],
  [['rollback'], "required option '--reason <text>' not specified", 'See: runbook rollback --help'],
])('%j is a usage error: exit 2, on stderr, with what was meant', async (args, ...texts) => {
  const { code, stdout, stderr } = await runbook(args);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  for (const text of texts) expect(stderr).toContain(text);
});

test('without a command the help goes to stderr and the exit is 2', async () => {
  const { code, stdout, stderr } = await runbook([]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('Commands:');
});

test('the help names every command and every exit code', async () => {
  const { code, stdout } = await runbook(['--help']);
  expect(code).toBe(0);
  for (const { name } of commands) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  expect(stdout).toMatchInlineSnapshot(`
    "Usage: runbook [options] [command]

    Executes a reviewed production cutover: gates, rollback, a checkpoint journal.

    Options:
      -V, --version                        output the version number
      -h, --help                           display help for command

    Commands:
      exec [options] <file>                Execute a runbook, or rehearse it with
                                           --dry-run
      resume [options] [run]               Continue a run that was interrupted or is
                                           held
      rollback [options] [run]             Roll back a run, newest step first
      unlock [options] <file>              Give back the lock of a run that can
                                           never be resumed
      status [options] [run]               Where is the run, is it late, can it
                                           still be rolled back, what happened
      report [options] [run]               Write the report of a run
      runs [options]                       List the runs, latest first
      approve [options] <run> <gate>       Answer an open gate from any terminal
      ledger [options] [run] [step]        Results per item of a step that works
                                           item by item (recipients of a mailing)
      check [options] <run> <step> <item>  Answer an item of a checklist from any
                                           terminal
      validate [options] <file>            Check a runbook without a connection to
                                           any server
      lint [options] <file...>             What an expert would ask about in a
                                           review of runbooks
      explain [options] [code]             Explain a code: why it matters, what to
                                           do, an example
      diff [options] <base> <head>         What a change of a runbook means, and how
                                           dangerous it is
      plan [options] <file>                The timeline of a runbook: expected
                                           times, slack, and what a rollback costs
                                           at each step
      what-if [options] <file>             What every single fault would lead to,
                                           and whether an invariant breaks
      forecast [options] <file>            How likely the run is on time, drawn from
                                           earlier runs and \`expected\`
      init [options] [dir]                 Write a small runbook of your own, to
                                           begin with
      fmt [options] <file...>              Write YAML files in one layout, with all
                                           their comments
      steps [options] [type] [path]        List the step types, or show one of them
                                           in full
      schema [options]                     Print the JSON Schema of a runbook, for
                                           editors
      lsp [options]                        Language server for editors: problems
                                           while typing, completion, hover, rename
      completion <shell>                   Print a shell completion script
      review [options] [base] [head]       For CI: what a pull request changes, with
                                           lint and plans, as one comment
      help [command]                       display help for command

    Examples:
      runbook validate cutover.yaml --vars prod.yaml
      runbook exec cutover.yaml --vars prod.yaml --dry-run
      runbook exec cutover.yaml --vars prod.yaml
      runbook status

    Exit codes:
        0  done
        1  a step failed; the run is resumable
        2  usage, an invalid runbook, or a refused request; nothing was started
        3  waiting for a human
        4  journal locked, damaged or not matching; a lock or an earlier run is in the way
        5  rolled back
       70  a bug of the engine; the journal is intact
      130  interrupted; the run is resumable
    "
  `);
});

test('the help of a command has its options, examples and exit codes', async () => {
  expect((await runbook(['resume', '--help'])).stdout).toMatchInlineSnapshot(`
    "Usage: runbook resume [options] [run]

    Continue a run that was interrupted or is held.

    Finished steps are not run again. If it is unknown whether an act happened, it
    is probed first.
    Without a choice, a failed step is run again and an unknown outcome is probed
    again. After a no-go, or when the maintenance window is too short, a choice is
    required.
    If an engine is running, the choice is sent to it, and its answer is shown.

    Arguments:
      run                     run id, or its first characters (default: the latest
                              run)

    Options:
      --retry <step>          held: run the step again
      --skip <step>           continue without the step: the one the run is held at,
                              or one that has not started (repeatable)
      --done <step>           held: the step did happen; count it as done
      --continue              held: continue despite the reason shown
      --ended                 held: I checked by hand that the unreachable process
                              has ended
      --roll-back             held: roll back the run, like \`runbook rollback\`
      --reason <text>         reason (recorded)
      --accept-change <step>  accept a change to a step that already ran
                              (repeatable)
      --accept-copy           continue in a copied run directory, or in one whose
                              lock database is lost
      --yes-to-gate <id>      answer go at a gate that has allow_unattended: true
                              (repeatable)
      --runs-dir <dir>        folder of the runs (default: .runbook/runs)
      --json                  results and progress as JSON on stdout
      -h, --help              display help for command

    Examples:
      # the latest run, where it stopped
      runbook resume
      # a held run
      runbook resume 20261122 --retry smoke --reason "nginx restarted"
      # outcome unknown
      runbook resume --done dump --reason "dump is on disk, 1.2 GB"

    Exit codes:
        0  done
        1  a step failed; the run is resumable
        2  usage, an invalid runbook, or a refused request; nothing was started
        3  waiting for a human
        4  journal locked, damaged or not matching; a lock or an earlier run is in the way
        5  rolled back
       70  a bug of the engine; the journal is intact
      130  interrupted; the run is resumable
    "
  `);
});

test.each(commands.map((c) => c.name))('%s --help shows examples and exit codes', async (name) => {
  const { code, stdout } = await runbook([name, '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('Examples:\n');
  expect(stdout).toContain('Exit codes:\n');
});

test('a reader that goes away (| head -1) is no failure', async () => {
  const { stdout, stderr } = await promisify(execFile)('bash', [
    '-c',
    `set -o pipefail; ${process.execPath} ${engineMain} steps --json http.check | head -c 1; echo " $?"`,
  ]);
  expect({ stdout, stderr }).toEqual({ stdout: '{ 0\n', stderr: '' });
});
