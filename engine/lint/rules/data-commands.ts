/** Commands that lose data, or make a copy that is none. */
import { argsOf, has, operands, option } from '../shell/command.ts';
import { shellRule } from './shell.ts';

const probed = (run: string) => `steps:
  - id: act
    type: command
    with:
      run: ${run}
      probe: { run: [./bin/is-done] }
    rollback: { undo: { none: It stays } }`;

export const forcePush = shellRule({
  code: 'RB720',
  name: 'force-push',
  level: 'warning',
  page: {
    what: '`git push --force`, which replaces what others have pushed meanwhile',
    why: 'A release branch was force-pushed from a laptop that had not fetched since noon. Two fixes of colleagues were gone from the branch, and from the build that the cutover deployed. Nobody noticed until the bug that they fixed was back.',
    bad: probed('[git, push, --force, origin, release]'),
    good: probed('[git, push, --force-with-lease, origin, release]'),
  },
  find: (command) => {
    if (command.name !== 'git' || !operands(command).some(({ text }) => text === 'push')) return null;
    const plus = operands(command).find(({ text }) => /^\+\S+/.test(text));
    const at = command.args.find(({ text }) => text === '--force' || text === '-f') ?? plus;
    return at
      ? {
          at,
          message: 'A forced push removes what others have pushed since the last fetch',
          remedy: 'Use `--force-with-lease`, or push a new branch or tag',
        }
      : null;
  },
});

export const pm2All = shellRule({
  code: 'RB721',
  name: 'pm2-all',
  level: 'error',
  page: {
    what: '`pm2 restart all`, `stop all` or `delete all`: every app of that user, not only yours',
    why: 'The server ran two apps. `pm2 restart all` restarted the payment worker of another team in the middle of a batch. The batch was half done, and its team did not know why for a day.',
    bad: probed('[pm2, restart, all]'),
    good: probed('[pm2, restart, trading-app]'),
  },
  find: (command) => {
    if (command.name !== 'pm2') return null;
    const [verb, who] = operands(command);
    if (who?.text !== 'all' || !/^(restart|reload|stop|delete|del|kill)$/.test(verb?.text ?? '')) return null;
    return {
      at: who,
      message: `pm2 ${verb?.text} all acts on every app of this user, also on those of others`,
      remedy: 'Name the app, or use a step of type pm2.reload',
    };
  },
});

export const dumpWithoutSnapshot = shellRule({
  code: 'RB722',
  name: 'dump-without-snapshot',
  level: 'warning',
  page: {
    what: '`mysqldump` without `--single-transaction`: its tables are from different moments',
    why: 'A dump took nine minutes while orders came in. Restored, it had payments without their orders, as one table was read minutes after the other. Or it locked each table, and the shop stood still. `--single-transaction` reads all InnoDB tables as of one moment, without a lock.',
    bad: probed('mysqldump shop > /backup/shop.sql'),
    good: probed('mysqldump --single-transaction shop > /backup/shop.sql'),
  },
  find: (command) => {
    if (!/^(mysqldump|mariadb-dump)$/.test(command.name)) return null;
    // No bundles: `-uadmin` has a `d` in it, and is no `-d`.
    const given = [
      '-x',
      '-d',
      '--single-transaction',
      '--lock-all-tables',
      '--master-data',
      '--source-data',
      '--no-data',
      '--help',
    ];
    if (given.some((name) => has(command, null, name))) return null;
    // An option file may set it; `--lock-tables` is somebody's choice: then it is not certain what is meant.
    const sure = !argsOf(command).some((word) => /^--(skip-)?(lock-tables|opt|defaults-)/.test(word));
    return {
      at: command.program,
      message: 'The tables of this dump are from different moments',
      remedy: 'Add `--single-transaction`, or use a step of type mysql.dump',
      ...(sure && { insert: '--single-transaction' }),
    };
  },
});

const makers = new Set(
  'mysqldump mariadb-dump pg_dump pg_dumpall mongodump tar zfs cpio curl wget dd'.split(' '),
);

export const lostExitCode = shellRule({
  code: 'RB723',
  name: 'exit-code-lost-in-a-pipe',
  level: 'warning',
  page: {
    what: 'A dump or a download in a pipe, whose failure the shell does not see',
    why: '`mysqldump shop | gzip > shop.sql.gz` ran out of memory after two tables. The exit code of a pipe is that of its last command, and gzip had compressed what it got. The backup was green for months, and restored two tables.',
    bad: probed('mysqldump --single-transaction shop | gzip > /backup/shop.sql.gz'),
    good: probed('mysqldump --single-transaction shop > /backup/shop.sql && gzip /backup/shop.sql'),
  },
  find: ({ name, pipedTo, pipefail, program }) =>
    makers.has(name) &&
    !pipefail &&
    pipedTo.length > 0 &&
    !['', 'sh', 'bash', 'head', 'grep', 'jq'].includes(pipedTo[0] ?? '')
      ? {
          at: program,
          message: `If ${name} fails, nothing notices: the exit code of a pipe is that of ${pipedTo.at(-1)}`,
          remedy: 'Write to a file first and use it in a second command, or run `bash -o pipefail -c`',
        }
      : null,
});

const moves = /^(main|master|develop|trunk|HEAD|origin\/\S+)$/;

export const unpinned = shellRule({
  code: 'RB724',
  name: 'unpinned-version',
  level: 'warning',
  page: {
    what: 'A version that may be another one tomorrow: `latest`, no tag, a branch',
    why: 'The rehearsal on Thursday ran `image:latest`. So did the cutover on Saturday, with an image that somebody had pushed on Friday. What is rehearsed and reviewed has to be what is run: a commit, a digest, an exact version.',
    bad: `steps:
  - id: pull
    type: command
    with: { run: [docker, pull, "registry.example/app:latest"] }
    rollback: { undo: { none: An image that is not used } }`,
    good: `steps:
  - id: pull
    type: command
    with: { run: [docker, pull, "registry.example/app:2.4.1"] }
    rollback: { undo: { none: An image that is not used } }`,
  },
  find: (command) => {
    const { name } = command;
    const [verb, ...rest] = operands(command);
    const said = (at: (typeof rest)[number] | undefined, what: string) =>
      at
        ? {
            at,
            message: `${what}: what runs may be something else than what was rehearsed`,
            remedy: 'Name a commit, a digest or an exact version',
          }
        : null;
    if (name === 'docker' || name === 'podman') {
      const image = verb?.text === 'pull' ? rest[0] : rest.find(({ text }) => /:latest$/.test(text));
      const isFixed = image && (/@sha256:/.test(image.text) || /:(?!latest$)[\w.-]+$|\$/.test(image.text));
      return isFixed ? null : said(image, 'This image has no fixed tag');
    }
    if (/^(npm|npx|pnpm|yarn|bunx|go|dnx)$/.test(name))
      return said(
        command.args.find(({ text }) => /@latest$/.test(text)),
        '`latest` moves',
      );
    if (name !== 'git') return null;
    if (verb?.text === 'pull') return said(verb, 'A pull takes what is there at that moment');
    if (
      /^(checkout|switch|reset)$/.test(verb?.text ?? '') &&
      !has(command, 'b') &&
      !argsOf(command).includes('--')
    )
      return said(
        rest.find(({ text }) => moves.test(text)),
        'A branch moves',
      );
    return null;
  },
});

/** `-p` of the clients takes its value in the same word. */
const passwordWord = /^(-p.+|--password=.+)$/;

export const passwordOnCommandLine = shellRule({
  code: 'RB725',
  name: 'password-on-command-line',
  level: 'error',
  page: {
    what: 'A password as a word of a command line',
    why: 'Every user of a server can list the command lines of all processes. A monitoring agent did so each minute and sent them to a log service. The database password was in there 1,440 times a day.',
    bad: `steps:
  - id: count
    type: command
    with: { run: [mysql, -uapp, -phunter2, -e, SELECT 1], effects: read }`,
    good: `secrets: { password: { env: PASSWORD } }
steps:
  - id: count
    type: command
    with:
      run: [mysql, -uapp, -e, SELECT 1]
      env: { MYSQL_PWD: "\${{ secrets.password }}" }
      effects: read`,
  },
  find: (command) => {
    if (/^(mysql|mysqldump|mysqladmin|mariadb|mariadb-dump)$/.test(command.name)) {
      const at = command.args.find(({ text }) => passwordWord.test(text));
      return at ? said(at) : null;
    }
    const token = option(command, null, '--password', '--token', '--api-key');
    return token && /=./.test(token.text) ? said(token) : null;
  },
});

const said = (at: Parameters<typeof option>[0]['program']) => ({
  at,
  message: 'Every user of that machine can read a password on a command line',
  remedy: 'Pass it by `env` from `secrets`, or by `stdin`',
});
