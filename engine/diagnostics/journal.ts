import { entry } from './entry.ts';

const plural = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`;

const AUTOPSY =
  'Keep the file as evidence and put an intact copy in its place. If there is no copy, start a new run';

/** RB4xx. 40x writing the journal, 41x reading it, 42x the runs directory, 43x finding a run, 44x the lock, 45x the inbox; 403, 416 to 418 a ledger. */
export const journal = {
  RB401: entry<{ path: string; run: string; why: string }>({
    exit: 1,
    message: ({ path, why }) =>
      `Disk full while writing the journal ${path} (${why}); nothing further was started`,
    remedy: ({ run }) => `Free space, then: runbook resume ${run}`,
  }),
  RB402: entry<{ path: string; run: string; why: string }>({
    exit: 1,
    message: ({ path, why }) => `Cannot write the journal ${path}: ${why}; nothing further was started`,
    remedy: ({ run }) => `Check the disk and its mount, then: runbook resume ${run}`,
  }),
  RB403: entry<{ path: string; why: string }>({
    exit: 1,
    message: ({ path, why }) => `Cannot write the ledger ${path}: ${why}; no further item was started`,
    remedy: () => 'Free space, or check the disk and its mount, then: runbook resume',
  }),
  RB410: entry<{ path: string; line: number; what: string }>({
    exit: 4,
    message: ({ path, line, what }) => `The journal was changed or damaged: ${path}:${line} ${what}`,
    remedy: () => AUTOPSY,
  }),
  RB411: entry<{ path: string; line: number; format: number; known: number }>({
    exit: 4,
    message: ({ path, line, format, known }) =>
      `${path}:${line} is in journal format ${format}; this engine reads up to ${known}`,
    remedy: () => 'Use the runbook version that wrote it, or a newer one',
  }),
  RB412: entry<{ path: string; why: string }>({
    exit: 4,
    message: ({ path, why }) => `Cannot open the journal ${path}: ${why}`,
    remedy: () => 'Check that the file is there, is yours and is on a mounted disk',
  }),
  RB413: entry<{ path: string }>({
    exit: 4,
    message: ({ path }) => `The journal ${path} is empty: the engine ended before it started anything`,
    remedy: () => 'There is nothing to resume. Start a new run with runbook exec',
  }),
  RB414: entry<{ path: string; why: string }>({
    exit: 4,
    message: ({ path, why }) => `The run's file ${path} cannot be used: ${why}`,
    remedy: () => 'Restore it from a copy of the run directory. The journal itself is not affected',
  }),
  RB415: entry<{ path: string; expected: string; actual: string }>({
    exit: 4,
    message: ({ path, expected, actual }) =>
      `The saved plan ${path} was changed: its digest is ${actual}, the journal has ${expected}`,
    remedy: () => 'Restore the file from a copy of the run directory. The engine never runs a changed plan',
  }),
  RB416: entry<{ path: string; line: number; what: string }>({
    exit: 4,
    message: ({ path, line, what }) => `The ledger was changed or damaged: ${path}:${line} ${what}`,
    remedy: () =>
      'Put an intact copy in its place. Without it the engine does not know which items are done, so it sends nothing',
  }),
  RB417: entry<{ path: string; why: string }>({
    exit: 4,
    message: ({ path, why }) => `Cannot open the ledger ${path}: ${why}`,
    remedy: () => 'Check that the file is yours and is on a mounted disk',
  }),
  RB418: entry<{ path: string; count: number; sha256: string; found: string }>({
    exit: 4,
    message: ({ path, count, sha256, found }) =>
      `The ledger ${path} does not have the items that the journal recorded (${plural(count, 'item')}, sha256 ${sha256.slice(0, 12)}): ${found}; nothing is sent`,
    remedy: () =>
      'Restore the file from a backup, then retry. If there is no backup, find out by hand which items are done, then skip the step',
  }),
  RB420: entry<{ path: string; why: string }>({
    exit: 4,
    message: ({ path, why }) => `Cannot keep runs in ${path}: ${why}`,
    remedy: () => 'Make it a directory that you can write to, or give another one with --runs-dir',
  }),
  RB421: entry<{ path: string; owner: number; user: number }>({
    exit: 4,
    message: ({ path, owner, user }) =>
      `${path} belongs to user id ${owner}, not to you (${user}): its owner could change the journal`,
    remedy: () => 'Run as that user, or give a directory of your own with --runs-dir',
  }),
  RB422: entry<{ path: string; mode: string }>({
    exit: 4,
    message: ({ path, mode }) => `Others on this machine can change ${path} (mode ${mode})`,
    remedy: ({ path }) => `chmod go-w ${path}`,
  }),
  RB430: entry<{ runsDir: string }>({
    exit: 2,
    message: ({ runsDir }) => `There is no run in ${runsDir}`,
    remedy: () => 'Start one with runbook exec, or give the right directory with --runs-dir',
  }),
  RB431: entry<{ wanted: string; runsDir: string; newest: readonly string[] }>({
    exit: 2,
    message: ({ wanted, runsDir }) => `No run in ${runsDir} starts with "${wanted}"`,
    remedy: ({ newest }) => `Newest: ${newest.join(', ')}; all: runbook runs`,
  }),
  RB432: entry<{ wanted: string; matches: readonly string[] }>({
    exit: 2,
    message: ({ wanted, matches }) => `"${wanted}" matches ${plural(matches.length, 'run')}`,
    remedy: ({ matches }) => `Give one of them: ${matches.join(', ')}`,
  }),
  RB440: entry<{
    run: string;
    holder: { pid: number; host: string; user: string; startedAt: number } | null;
  }>({
    exit: 4,
    message: ({ run, holder }) =>
      holder
        ? `Another engine is running run ${run}: pid ${holder.pid} of ${holder.user} on ${holder.host}, since ${new Date(holder.startedAt).toISOString()}`
        : `Another engine is running run ${run}`,
    remedy: ({ run }) => `See it with runbook status ${run}, or end that engine first`,
  }),
  RB441: entry<{ path: string; why: string }>({
    exit: 4,
    message: ({ path, why }) => `Cannot lock the run (${path}): ${why}`,
    remedy: () => 'Check that the run directory is writable and on a disk that supports file locks',
  }),
  RB442: entry<{ path: string; recorded: number; what: string }>({
    exit: 4,
    message: ({ path, recorded, what }) =>
      `The journal ${path} is not the one that the engine wrote: ${what} (recorded in the lock database: ${plural(recorded, 'byte')})`,
    remedy: () => AUTOPSY,
  }),
  RB443: entry<{ path: string; run: string; from: string; there: 'live' | 'idle' | 'gone' }>({
    exit: 4,
    message: ({ path, run, from, there }) =>
      `${path} is a copy: run ${run} was made in ${from}${
        {
          live: ', where an engine is running it now',
          idle: ', which still exists: an engine may resume it there',
          gone: ', which no longer exists',
        }[there]
      }`,
    remedy: ({ there }) =>
      there === 'live'
        ? 'Work in the original directory: the copy cannot be used while that engine is running'
        : 'Work in the original directory. Or first make sure that nobody can resume the original, then: resume or rollback with --accept-copy --reason "..."',
  }),
  RB444: entry<{ path: string; run: string; why: string }>({
    exit: 4,
    message: ({ path, why }) =>
      `The lock database ${path} is damaged (${why}): the engine cannot check whether the journal is complete`,
    remedy: () =>
      'Compare the head in runbook status --json with one that was saved elsewhere, then: resume or rollback with --accept-copy --reason "..."',
  }),
  RB445: entry<{ path: string; run: string }>({
    exit: 4,
    message: ({ path }) => `The lock database ${path} has no record of this run: it was removed or replaced`,
    remedy: () =>
      'Restore it. Or compare the head in runbook status --json with one that was saved elsewhere, then: resume or rollback with --accept-copy --reason "..."',
  }),
  RB446: entry<{ path: string; why: string }>({
    exit: 1,
    message: ({ path, why }) =>
      `Cannot write to the lock database ${path}: ${why}; nothing further was started`,
    remedy: () => 'Free space, or check the disk and its mount, then: runbook resume',
  }),
  RB450: entry<{ path: string; why: string }>({
    exit: 4,
    message: ({ path, why }) => `The run's inbox ${path} cannot be used: ${why}`,
    remedy: () => 'Free space or check its permissions. The command was not sent: give it again',
  }),
} as const;
