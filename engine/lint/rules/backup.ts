import type { ActStep, LintContext } from '../context.ts';
import type { Found, Rule } from '../rule.ts';
import { argsOf, has, operands, type ShellCommand, type Word } from '../shell/command.ts';

const backups = new Set(
  'mysqldump mariadb-dump pg_dump pg_dumpall pg_basebackup mongodump xtrabackup mariabackup restic borg rsnapshot duplicity'.split(
    ' ',
  ),
);

const isBackup = (command: ShellCommand): boolean => {
  if (backups.has(command.name)) return true;
  const words = argsOf(command);
  if (command.name === 'tar') return /^-?[a-z]*c/.test(words[0] ?? '') || has(command, null, '--create');
  return (
    ['zfs', 'btrfs', 'lvcreate', 'aws', 'gcloud'].includes(command.name) &&
    words.some((w) => /snapshot/.test(w))
  );
};

const isMadeAgain = (path: string): boolean =>
  /^\/(tmp|var\/tmp)\//.test(path) || /(^|\/)(node_modules|\.next|dist|build|\.?cache|tmp)\/?$/.test(path);

/** What only a backup brings back; null: nothing. */
const destroyer = (command: ShellCommand): { readonly what: string; readonly at: Word } | null => {
  const { name, program } = command;
  const found = (what: string, at: Word = program) => ({ what, at });
  const [first] = operands(command);
  if (name === 'rm' && has(command, 'r', '--recursive'))
    return operands(command).every(({ text }) => isMadeAgain(text)) ? null : found('rm -r');
  if (name === 'dropdb' || name === 'mkfs' || name.startsWith('mkfs.') || name === 'wipefs')
    return found(name);
  if (name === 'git' && first?.text === 'clean' && has(command, 'f', '--force')) return found('git clean');
  if (name === 'git' && first?.text === 'reset' && has(command, null, '--hard'))
    return found('git reset --hard');
  if (name === 'dd' && argsOf(command).some((word) => word.startsWith('of=/dev/'))) return found('dd');
  if (name === 'docker' && first?.text === 'volume' && /^(rm|prune)$/.test(operands(command)[1]?.text ?? ''))
    return found('docker volume rm');
  if (name === 'redis-cli' && argsOf(command).some((word) => /^flush(all|db)$/i.test(word)))
    return found('FLUSHALL');
  return ofDatabaseClient(command);
};

const clients = new Set(['mysql', 'mariadb', 'psql', 'sqlite3']);
const destroys = /\b(DROP\s+(?:TABLE|DATABASE|SCHEMA)|TRUNCATE)\b/i;

const ofDatabaseClient = (command: ShellCommand) => {
  if (!clients.has(command.name)) return null;
  const word = command.args.find(({ text }) => destroys.test(text));
  return word ? { what: destroys.exec(word.text)?.[1]?.toUpperCase() ?? 'DROP', at: word } : null;
};

export const destroyedWithoutBackup: Rule = {
  code: 'RB717',
  name: 'destroyed-without-backup',
  level: 'warning',
  page: {
    what: 'A DROP, TRUNCATE, `rm -r` or the like, and no step before it makes a backup',
    why: 'A cutover ended with `DROP DATABASE` of the old system. The backup was a habit of the operator, not a step, and that day the habit was forgotten. What a rollback cannot bring back needs a copy that the runbook itself has made and checked.',
    bad: `steps:
  - id: tidy
    type: command
    with: { run: [rm, -rf, /srv/app/old] }
    rollback: { undo: { none: It is gone } }`,
    good: `steps:
  - id: backup
    type: archive.create
    with: { path: /backup/old.tar.gz, source: /srv/app/old }
  - id: tidy
    type: command
    with: { run: [rm, -rf, /srv/app/old] }
    rollback: { undo: { none: It is in the backup } }`,
  },
  *check(context) {
    let hasBackup = false;
    for (const step of context.acts) {
      const { act } = step;
      if (act.traits.backup || act.commands.some(isBackup)) hasBackup = true;
      if (hasBackup) return;
      for (const { what, at } of destroyedBy(step, context))
        yield {
          at,
          step: step.id,
          message: `${what} in "${step.id}", and no step before it makes a backup`,
          remedy: 'Make a backup in a step before it, such as mysql.dump or archive.create',
        };
    }
  },
};

function* destroyedBy(
  { act }: ActStep,
  context: LintContext,
): Generator<{ readonly what: string; readonly at: Found['at'] }> {
  for (const command of act.commands) {
    const found = destroyer(command);
    if (found) yield { what: found.what, at: context.atWord(act, found.at) };
  }
  for (const { path, found } of act.changes)
    for (const { kind, what } of found ?? [])
      if (kind === 'destroys') yield { what, at: context.atInput(act, path) };
}
