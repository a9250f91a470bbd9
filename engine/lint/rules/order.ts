/** Steps that are right, in an order that is not. */
import type { ActStep, LintedCall } from '../context.ts';
import type { Found, Rule } from '../rule.ts';
import { argsOf, has, operands, type ShellCommand, type Word } from '../shell/command.ts';

export const usersToldTooEarly: Rule = {
  code: 'RB715',
  name: 'users-informed-too-early',
  level: 'warning',
  page: {
    what: 'A mail to many users before the point of no return',
    why: 'Everybody got a link to the new site at T-10m. The smoke test failed at T-5m, and the cutover was rolled back. Two thousand people followed a link to a page that no longer existed. A mail is the one change that no rollback undoes.',
    bad: `targets:
  mail: { type: smtp, host: smtp.example, from: app@app.example }
  db: { type: mysql, host: 127.0.0.1, user: app, password: "\${{ secrets.password }}", database: app }
secrets: { password: { env: PASSWORD } }
steps:
  - id: tell-users
    type: email.send
    target: mail
    with:
      recipients: { target: db, sql: "SELECT id AS \`key\`, email FROM users" }
      subject: We have moved
      text: See https://app.example/
    rollback: { undo: { none: A mail stays sent } }
  - id: go-no-go
    type: gate
    with: { require: [tell-users] }
  - point_of_no_return: { forward_fix: ./forward-fix.md }
  - id: open
    type: file.remove
    with: { path: /srv/maintenance }`,
    good: `targets:
  mail: { type: smtp, host: smtp.example, from: app@app.example }
  db: { type: mysql, host: 127.0.0.1, user: app, password: "\${{ secrets.password }}", database: app }
secrets: { password: { env: PASSWORD } }
steps:
  - id: read
    type: http.check
    with: { url: "https://app.example/", status: 503 }
  - id: go-no-go
    type: gate
    with: { require: [read] }
  - point_of_no_return: { forward_fix: ./forward-fix.md }
  - id: open
    type: file.remove
    with: { path: /srv/maintenance }
  - id: tell-users
    type: email.send
    target: mail
    with:
      recipients: { target: db, sql: "SELECT id AS \`key\`, email FROM users" }
      subject: We have moved
      text: See https://app.example/`,
  },
  *check(context) {
    if (!context.plan.entries.some(({ kind }) => kind === 'line')) return;
    for (const step of context.acts)
      if (step.undoable && step.act.traits.tells === 'users')
        yield {
          at: context.atStep(step),
          step: step.id,
          message: `"${step.id}" writes to users while a rollback is still possible`,
          remedy: 'Move it after the point of no return; before it, write to an account of your own',
        };
  },
};

/** Without a slash at its end. */
const folderOf = (path: string): string => path.replace(/\/[^/]*$/, '');

const isEnvironment = (path: string): boolean => /(^|\/)\.env(\.[\w-]+)?$/.test(path);

const inFolder = (path: string, cwd: string | undefined): string =>
  path.startsWith('/') || cwd === undefined ? path : `${cwd.replace(/\/$/, '')}/${path.replace(/^\.\//, '')}`;

const cwdOf = ({ traits, commands }: LintedCall): string | undefined => {
  const [first] = commands;
  return first?.name === 'cd' ? operands(first)[0]?.text : traits.cwd;
};

const writers = new Set(['cp', 'mv', 'tee', 'install', 'ln']);

const environmentsOf = (call: LintedCall): readonly string[] => {
  const written = call.commands.flatMap((command) => [
    ...command.redirects.filter(({ operator }) => operator.startsWith('>')).map(({ target }) => target.text),
    ...(writers.has(command.name) ? [operands(command).at(-1)?.text ?? ''] : []),
  ]);
  const files = [...(call.traits.changesFiles ?? []), ...written.map((path) => inFolder(path, cwdOf(call)))];
  return files.filter(isEnvironment);
};

const runners = new Set(['npm', 'pnpm', 'yarn', 'bun']);

/** Builds an application, whose bundler puts variables of the environment into what it makes. */
const isBuild = (command: ShellCommand): boolean => {
  const [verb = '', name = ''] = operands(command).map(({ text }) => text);
  if (runners.has(command.name)) return /^build\b/.test(verb === 'run' ? name : verb);
  if (command.name === 'npx') return name === 'build';
  return (command.name === 'next' || command.name === 'vite') && verb === 'build';
};

export const buildBeforeEnvironment: Rule = {
  code: 'RB716',
  name: 'build-before-environment',
  level: 'warning',
  page: {
    what: 'A build in a folder whose `.env` is changed by a later step',
    why: 'A build bakes the public variables of `.env` into the pages. It ran before the new `.env` was written, so the new pages called the old backend. Everything was green: the servers had the right environment, only the browsers did not.',
    bad: `steps:
  - id: build
    type: command
    with: { run: [npm, run, build], cwd: /srv/app/new }
    rollback: { undo: { none: The folder is removed by the checkout } }
  - id: environment
    type: env.edit
    with: { path: /srv/app/new/.env, set: { NEXT_PUBLIC_API: "https://api.example" } }`,
    good: `steps:
  - id: environment
    type: env.edit
    with: { path: /srv/app/new/.env, set: { NEXT_PUBLIC_API: "https://api.example" } }
  - id: build
    type: command
    with: { run: [npm, run, build], cwd: /srv/app/new }
    rollback: { undo: { none: The folder is removed by the checkout } }`,
  },
  *check(context) {
    const later = new Map<string, string>();
    const found: Found[] = [];
    for (const step of context.acts.toReversed()) {
      const { act } = step;
      const cwd = cwdOf(act);
      const place = (folder: string) => `${act.act.runOn}\0${folder.replace(/\/$/, '')}`;
      const by = cwd === undefined ? undefined : later.get(place(cwd));
      if (by !== undefined && act.commands.some(isBuild))
        found.unshift({
          at: context.atStep(step),
          step: step.id,
          message: `"${step.id}" builds before "${by}" changes the environment that the build bakes in`,
          remedy: `Move "${by}" before it`,
        });
      for (const path of environmentsOf(act)) later.set(place(folderOf(path)), step.id);
    }
    yield* found;
  },
};

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
      for (const { what, at } of destroyedBy(
        step,
        context.atInput.bind(context),
        context.atWord.bind(context),
      ))
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
  atInput: (call: LintedCall, path: readonly (string | number)[]) => Found['at'],
  atWord: (call: LintedCall, word: Word) => Found['at'],
): Generator<{ readonly what: string; readonly at: Found['at'] }> {
  for (const command of act.commands) {
    const found = destroyer(command);
    if (found) yield { what: found.what, at: atWord(act, found.at) };
  }
  for (const { path, found } of act.changes)
    for (const { kind, what } of found ?? []) if (kind === 'destroys') yield { what, at: atInput(act, path) };
}
