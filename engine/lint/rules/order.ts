/** Steps that are right, in an order that is not. */
import type { LintedCall } from '../context.ts';
import type { Found, Rule } from '../rule.ts';
import { operands, type ShellCommand } from '../shell/command.ts';

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
