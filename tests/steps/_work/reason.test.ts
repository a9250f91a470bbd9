/** What real tools print when they fail, and the line that says why. */
import { expect, test } from 'vitest';
import { reasonOf } from '../../../steps/_work/reason.ts';

const stderr: readonly [string, string, string][] = [
  [
    'git over ssh without a key',
    `Cloning into 'app'...
git@github.com: Permission denied (publickey).
fatal: Could not read from remote repository.

Please make sure you have the correct access rights
and the repository exists.`,
    'git@github.com: Permission denied (publickey). | fatal: Could not read from remote repository.',
  ],
  [
    'git, a host that refuses',
    `ssh: connect to host 127.0.0.1 port 1: Connection refused\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.\n`,
    'ssh: connect to host 127.0.0.1 port 1: Connection refused | fatal: Could not read from remote repository.',
  ],
  [
    'git, changes in the way',
    `error: Your local changes to the following files would be overwritten by checkout:
\tsrc/app.ts
Please commit your changes or stash them before you switch branches.
Aborting`,
    'error: Your local changes to the following files would be overwritten by checkout: src/app.ts',
  ],
  [
    'git push, refused',
    `To github.com:acme/app.git
 ! [rejected]        main -> main (fetch first)
error: failed to push some refs to 'github.com:acme/app.git'
hint: Updates were rejected because the remote contains work that you do not
hint: have locally. This is usually caused by another repository pushing to`,
    "error: failed to push some refs to 'github.com:acme/app.git'",
  ],
  [
    'npm without a package.json',
    `npm error code ENOENT
npm error syscall open
npm error path /srv/app/package.json
npm error errno -2
npm error enoent Could not read package.json: Error: ENOENT: no such file or directory, open '/srv/app/package.json'
npm error enoent This is related to npm not being able to find a file.
npm error enoent
npm error A complete log of this run can be found in: /root/.npm/_logs/2026-11-28T08_40_42_863Z-debug-0.log`,
    "npm error enoent Could not read package.json: Error: ENOENT: no such file or directory, open '/srv/app/package.json'",
  ],
  [
    'npm ci without a lock file',
    `npm error code EUSAGE
npm error
npm error The \`npm ci\` command can only install with an existing package-lock.json or
npm error npm-shrinkwrap.json with lockfileVersion >= 1. Run an install with npm@5 or
npm error later to generate a package-lock.json file, then try again.
npm error
npm error Clean install a project
npm error Run "npm help ci" for more info
npm error A complete log of this run can be found in: /root/.npm/_logs/2026-11-28T08_40_45_126Z-debug-0.log`,
    'npm error The `npm ci` command can only install with an existing package-lock.json or npm-shrinkwrap.json with lockfileVersion >= 1. Run an install with npm@5 or later to generate a package-lock.json file, then try again.',
  ],
  [
    'npm of old',
    `npm ERR! Missing script: "build"
npm ERR!
npm ERR! To see a list of scripts, run:
npm ERR!   npm run

npm ERR! A complete log of this run can be found in:
npm ERR!     /home/deploy/.npm/_logs/2026-11-28T08_40_45_126Z-debug-0.log`,
    'npm ERR! Missing script: "build" To see a list of scripts, run: npm run',
  ],
  [
    'npm run, a script that throws',
    `/srv/app/build.js:1
const x = ;
          ^

SyntaxError: Unexpected token ';'
    at wrapSafe (node:internal/modules/cjs/loader:1464:18)
    at node:internal/main/run_main_module:28:49

Node.js v24.21.0
npm error Lifecycle script \`build\` failed with error:
npm error code 1
npm error path /srv/app
npm error command failed
npm error command sh -c node build.js`,
    "SyntaxError: Unexpected token ';'",
  ],
  [
    'node, with a cause',
    `[eval]:1
throw new TypeError("boom", {cause: new Error("connect ECONNREFUSED 127.0.0.1:5432")})
^

TypeError: boom
    at [eval]:1:7
    at runScriptInThisContext (node:internal/vm:209:10)
    ... 4 lines matching cause stack trace ...
    at node:internal/main/eval_string:51:3 {
  [cause]: Error: connect ECONNREFUSED 127.0.0.1:5432
      at [eval]:1:37
}

Node.js v24.21.0`,
    'TypeError: boom | [cause]: Error: connect ECONNREFUSED 127.0.0.1:5432',
  ],
  [
    'node, a missing module',
    `node:internal/modules/cjs/loader:1210
  throw err;
  ^

Error: Cannot find module '/srv/app/server.js'
    at Module._resolveFilename (node:internal/modules/cjs/loader:1207:15)
    at node:internal/main/run_main_module:28:49 {
  code: 'MODULE_NOT_FOUND',
  requireStack: []
}

Node.js v24.21.0`,
    "Error: Cannot find module '/srv/app/server.js'",
  ],
  [
    'tar',
    `tar: Removing leading \`/' from member names\ntar: /srv/uploads: Cannot open: Permission denied\ntar: Exiting with failure status due to previous errors`,
    'tar: /srv/uploads: Cannot open: Permission denied',
  ],
  [
    'tar of no gzip',
    `\ngzip: stdin: not in gzip format\ntar: Child returned status 1\ntar: Error is not recoverable: exiting now`,
    'gzip: stdin: not in gzip format',
  ],
  [
    'ssh, login',
    'deploy@app.example: Permission denied (publickey,password).',
    'deploy@app.example: Permission denied (publickey,password).',
  ],
  [
    'ssh, host key',
    `Pseudo-terminal will not be allocated because stdin is not a terminal.
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
Host key verification failed.`,
    'Host key verification failed.',
  ],
  [
    'rsync',
    `rsync: [sender] change_dir "/srv/nope" failed: No such file or directory (2)
rsync error: some files/attrs were not transferred (see previous errors) (code 23) at main.c(1338) [sender=3.2.7]`,
    'rsync: [sender] change_dir "/srv/nope" failed: No such file or directory (2)',
  ],
  [
    'psql, connecting',
    `psql: error: connection to server at "127.0.0.1", port 5432 failed: FATAL:  password authentication failed for user "app"`,
    'psql: error: connection to server at "127.0.0.1", port 5432 failed: FATAL:  password authentication failed for user "app"',
  ],
  [
    'psql, a script',
    `psql:schema.sql:3: ERROR:  duplicate key value violates unique constraint "users_email_key"
DETAIL:  Key (email)=(ada@example.org) already exists.
CONTEXT:  COPY users, line 2`,
    'psql:schema.sql:3: ERROR:  duplicate key value violates unique constraint "users_email_key"',
  ],
  [
    'mysql',
    `mysql: [Warning] Using a password on the command line interface can be insecure.\nERROR 1045 (28000): Access denied for user 'app'@'localhost' (using password: YES)`,
    "ERROR 1045 (28000): Access denied for user 'app'@'localhost' (using password: YES)",
  ],
  [
    'mysql, the failing statement is echoed',
    `--------------
INSERT INTO users VALUES
  ('ada@example.org','error: 17 Main Street')
--------------

ERROR 1062 (23000) at line 3: Duplicate entry 'ada@example.org' for key 'users.email'`,
    "ERROR 1062 (23000) at line 3: Duplicate entry for key 'users.email'",
  ],
  [
    'mysql, the beginning of the echo is lost',
    `note: fatal: ada@example.org',\n'x: error: y');\n--------------\n\nERROR 1064 (42000) at line 3: You have an error in your SQL syntax near 'ada@example.org`,
    'ERROR 1064 (42000) at line 3: You have an error in your SQL syntax (the statement is left out)',
  ],
  [
    'a client that echoes statements without lines around them',
    `failed to load\nINSERT INTO users VALUES ('ada@example.org','error: not found')\nREPLACE users VALUES ('error: x')
update users set note = 'error: x'\nCOPY users (email) FROM stdin -- error: x
VALUES ('error: x'),\n('ada@example.org','error: x'),\n(7,'error: x');`,
    'failed to load',
  ],
  [
    'psql, errors echoed',
    `psql:a.sql:1: ERROR:  relation "nope" does not exist\nLINE 1: INSERT\npsql:a.sql:1: STATEMENT:  INSERT INTO nope VALUES ('error: ada@example.org');`,
    'psql:a.sql:1: ERROR:  relation "nope" does not exist',
  ],
  [
    'mysqldump',
    `mysqldump: Got error: 1049: Unknown database 'nope' when selecting the database`,
    "mysqldump: Got error: 1049: Unknown database 'nope' when selecting the database",
  ],
  [
    'pm2',
    `\u001b[31m[PM2][ERROR] \u001b[39mProcess or Namespace app not found\n`,
    '[PM2][ERROR] Process or Namespace app not found',
  ],
  [
    'docker run',
    `docker: Error response from daemon: Conflict. The container name "/app" is already in use by container "5e1f".\n\nRun 'docker run --help' for more information`,
    'docker: Error response from daemon: Conflict. The container name "/app" is already in use by container "5e1f".',
  ],
  [
    'docker without its daemon',
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
  ],
  [
    'systemctl',
    `Job for nginx.service failed because the control process exited with error code.\nSee "systemctl status nginx.service" and "journalctl -xeu nginx.service" for details.`,
    'Job for nginx.service failed because the control process exited with error code.',
  ],
  [
    'systemctl, no unit',
    'Failed to restart app.service: Unit app.service not found.',
    'Failed to restart app.service: Unit app.service not found.',
  ],
  [
    'git, a lock that is left over',
    `fatal: Unable to create '/srv/app/.git/index.lock': File exists.

Another git process seems to be running in this repository, e.g.
an editor opened by 'git commit'. Please make sure all processes
are terminated then try again. If it still fails, a git process
may have crashed in this repository earlier:
remove the file manually to continue.`,
    "fatal: Unable to create '/srv/app/.git/index.lock': File exists.",
  ],
  [
    'git, a daemon that is down',
    'fatal: unable to connect to 127.0.0.1:\n127.0.0.1[0: 127.0.0.1]: errno=Connection refused\n\n',
    'fatal: unable to connect to 127.0.0.1: | 127.0.0.1[0: 127.0.0.1]: errno=Connection refused',
  ],
  [
    'npm without its registry',
    `npm error code ENOTCACHED
npm error request to https://registry.example/app failed: cache mode is 'only-if-cached' but no cached response is available.
npm error A complete log of this run can be found in: /root/.npm/_logs/2026-11-28T12_29_58_337Z-debug-0.log`,
    "npm error request to https://registry.example/app failed: cache mode is 'only-if-cached' but no cached response is available.",
  ],
  ['npm run, a script that says nothing', '\n> app@1.0.0 build\n> node -e "process.exit(3)"\n\n', ''],
  [
    'npm run, a program that is not there',
    '\n> app@1.0.0 build\n> next build\n\nsh: 1: next: not found\n',
    'sh: 1: next: not found',
  ],
  [
    'node, a port in use',
    `node:events:502
      throw er; // Unhandled 'error' event
      ^

Error: listen EADDRINUSE: address already in use :::3000
    at Server.setupListenHandle [as _listen2] (node:net:1908:16)
Emitted 'error' event on Server instance at:
    at emitErrorNT (node:net:1944:8)
    at process.processTicksAndRejections (node:internal/process/task_queues:82:21) {
  code: 'EADDRINUSE',
  errno: -98,
  syscall: 'listen',
  address: '::',
  port: 3000
}

Node.js v20.20.2`,
    'Error: listen EADDRINUSE: address already in use :::3000',
  ],
  [
    'node, out of memory',
    `<--- Last few GCs --->

[14232:0x24505e20]      302 ms: Mark-Compact 32.2 (50.2) -> 31.1 (66.2) MB, 76.27 / 0.00 ms  (average mu = 0.099, current mu = 0.099) allocation failure; scavenge might not succeed


<--- JS stacktrace --->

FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
----- Native stack trace -----

 1: 0xb78db3 node::OOMErrorHandler(char const*, v8::OOMDetails const&) [node]`,
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
  ],
  [
    'tar, an archive that is cut short',
    `
gzip: stdin: unexpected end of file
tar: Unexpected EOF in archive
tar: Unexpected EOF in archive
tar: Error is not recoverable: exiting now`,
    'gzip: stdin: unexpected end of file | tar: Unexpected EOF in archive',
  ],
  [
    'tar, a full disk',
    'tar: /srv/a.tgz: Cannot write: No space left on device\ntar: Error is not recoverable: exiting now',
    'tar: /srv/a.tgz: Cannot write: No space left on device',
  ],
  [
    'tar, no archive',
    'tar: This does not look like a tar archive\ntar: Exiting with failure status due to previous errors',
    'tar: This does not look like a tar archive',
  ],
  [
    'ssh, an unknown host',
    'ssh: Could not resolve hostname app.invalid: Name or service not known',
    'ssh: Could not resolve hostname app.invalid: Name or service not known',
  ],
  [
    'rsync, a daemon that is down',
    `rsync: [Receiver] failed to connect to 127.0.0.1 (127.0.0.1): Connection refused (111)
rsync error: error in socket IO (code 10) at clientserver.c(165) [Receiver=3.2.7]`,
    'rsync: [Receiver] failed to connect to 127.0.0.1 (127.0.0.1): Connection refused (111)',
  ],
  [
    'rsync, an option it does not know',
    'rsync: --no-such: unknown option\nrsync error: syntax or usage error (code 1) at main.c(1886) [client=3.2.7]',
    'rsync: --no-such: unknown option',
  ],
  [
    'psql, a server that is down',
    `psql: error: connection to server at "127.0.0.1", port 5432 failed: Connection refused
\tIs the server running on that host and accepting TCP/IP connections?`,
    'psql: error: connection to server at "127.0.0.1", port 5432 failed: Connection refused',
  ],
  [
    'mysql, a server that is down',
    "ERROR 2002 (HY000): Can't connect to server on '127.0.0.1' (115)",
    "ERROR 2002 (HY000): Can't connect to server on '127.0.0.1' (115)",
  ],
  [
    'pm2, a configuration that does not parse',
    `\u001b[31m[PM2][ERROR] \u001b[39mFile ecosystem.config.cjs malformated
/srv/app/ecosystem.config.cjs:2



SyntaxError: Unexpected end of input
    at wrapSafe (node:internal/modules/cjs/loader:1464:18)`,
    '[PM2][ERROR] File ecosystem.config.cjs malformated | SyntaxError: Unexpected end of input',
  ],
  [
    'docker without compose',
    `unknown shorthand flag: 'f' in -f\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]\n\nRun 'docker --help' for more information`,
    "unknown shorthand flag: 'f' in -f",
  ],
  [
    'systemctl in a container',
    "System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to bus: Host is down",
    "System has not been booted with systemd as init system (PID 1). Can't operate. | Failed to connect to bus: Host is down",
  ],
  [
    'pnpm',
    ' ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with "frozen-lockfile"\n\nNote that in CI this is the default',
    'ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with "frozen-lockfile"',
  ],
  [
    'prisma',
    'Error: P3009\n\nmigrate found failed migrations in the target database',
    'Error: P3009 migrate found failed migrations in the target database',
  ],
  [
    'a log',
    '09:00 INFO retry on error: none\n[info] error: none\nDEBUG fatal: no\nfatal: disk full\ndone',
    'fatal: disk full',
  ],
  ['a shell', 'sh: 1: deploy-app: not found', 'sh: 1: deploy-app: not found'],
  [
    'nginx',
    'nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)\nnginx: configuration file /etc/nginx/nginx.conf test failed',
    'nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)',
  ],
  [
    'curl',
    'curl: (22) The requested URL returned error: 404',
    'curl: (22) The requested URL returned error: 404',
  ],
  [
    'python',
    `Traceback (most recent call last):\n  File "/srv/x.py", line 3, in <module>\n    main()\nValueError: bad row 7`,
    'ValueError: bad row 7',
  ],
  ['make', 'cc: error: no input files\nmake: *** [Makefile:2: all] Error 1', 'cc: error: no input files'],
  ['a progress bar', '10%\r50%\rall went well\r', 'all went well'],
  ['nothing known', 'first\nno space for more\n', 'no space for more'],
  ['nothing', '', ''],
];

test.each(stderr)('%s', (_, printed, reason) => {
  expect(reasonOf([printed])).toBe(reason);
});

test('a cause on stdout counts where stderr has none', () => {
  const stdout = "src/x.ts(3,5): error TS2322: Type 'string' is not assignable to type 'number'.\n";
  expect(reasonOf(['> tsc\n', stdout])).toBe(stdout.trim());
  expect(reasonOf(['Error: no', stdout])).toBe('Error: no');
  expect(reasonOf(['', 'only\nlast'])).toBe('last');
});

test.each(['x\n', 'error', '_', ': ', '^', '1:', '\u001b]'])(
  'a flood of %j does not hold the engine',
  (piece) => {
    const flood = piece.repeat(65_536 / piece.length);
    const startedAt = performance.now();
    reasonOf([`${flood}\nerror: at last\n`]);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  },
);

test('at most three lines, each cut where that is asked for', () => {
  expect(reasonOf(['error: a\nerror: b\nerror: b\nerror: c\nerror: d'])).toBe(
    'error: a | error: b | error: c',
  );
  expect(reasonOf([`error: ${'x'.repeat(30)}`], 10)).toBe('error: xxx…');
});
