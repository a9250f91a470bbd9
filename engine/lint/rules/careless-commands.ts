/** Commands that hide a failure, or act on more than they should. */
import { argsOf, has, operands, option } from '../shell/command.ts';
import { shellRule } from './shell.ts';

const read = (run: string) => `steps:
  - id: look
    type: command
    with: { run: ${run}, effects: read }`;

const script = (...lines: readonly string[]) => `steps:
  - id: look
    type: command
    with:
      run: |
${lines.map((line) => `        ${line}`).join('\n')}
      effects: read`;

/** Shorter ones let a file system or a proxy settle. */
const shortSeconds = 2;

export const sleepInCommand = shellRule({
  code: 'RB726',
  name: 'sleep-in-command',
  level: 'note',
  page: {
    what: 'A `sleep` in a command, instead of a check that is repeated',
    why: 'A script slept for thirty seconds so that the service could start. In the rehearsal it took ten. In the cutover it took forty, and the next step ran against a service that was not there. A `verify` with `retry` waits as long as it takes, and no longer.',
    bad: script('./bin/status', 'sleep 30'),
    good: `steps:
  - id: ready
    type: http.check
    with: { url: "https://app.example/healthz" }
    retry: { limit: 30, interval: 2s }`,
  },
  find: ({ name, args, program }) => {
    const given = /^([\d.]+)([smhd]?)$/.exec(args[0]?.text ?? '');
    if (
      name !== 'sleep' ||
      !given ||
      (given[2] !== 'm' && given[2] !== 'h' && Number(given[1]) <= shortSeconds)
    )
      return null;
    return {
      at: program,
      message: 'A fixed time is too long in most runs, and too short in one',
      remedy: 'Use a check with `retry`, a step of type wait, or `at` of the next step',
    };
  },
});

export const ignoredFailure = shellRule({
  code: 'RB727',
  name: 'ignored-failure',
  level: 'warning',
  page: {
    what: '`|| true` behind a command: its failure is not seen',
    why: '`systemctl stop workers || true` was written for servers without workers. On the day it failed for another reason, the workers kept writing, and the step was green.',
    bad: script('./bin/flush || true'),
    good: script('if [ -x ./bin/flush ]; then ./bin/flush; fi'),
  },
  // Reading where nothing may be found is what it is for.
  find: ({ ignoredBy, name }) =>
    ignoredBy && !/^(grep|egrep|pgrep|which|command|test|\[|ls|diff)$/.test(name)
      ? {
          at: ignoredBy,
          message: `If ${name || 'this command'} fails, the step is green`,
          remedy: 'Test for the one case that may fail, or list its exit code in `ok_exit_codes`',
        }
      : null,
});

export const errorsOff = shellRule({
  code: 'RB728',
  name: 'errors-off',
  level: 'warning',
  page: {
    what: '`set +e` in a script: it continues after a command that failed',
    why: 'A script switched its errors off for one line and never on again. The copy that came later failed, the delete of the original after it did not.',
    bad: script('set +e', './bin/one', './bin/two'),
    good: script('./bin/one', './bin/two'),
  },
  find: (command) => {
    const words = argsOf(command);
    const at = command.args.find(
      ({ text }, i) => /^\+[a-z]*e/.test(text) || (text === '+o' && words[i + 1] === 'errexit'),
    );
    return command.name === 'set' && at
      ? {
          at,
          message: 'The script continues after a command that failed',
          remedy: 'Remove it; where one command may fail, handle that one with `if`',
        }
      : null;
  },
});

export const curlWithoutFail = shellRule({
  code: 'RB729',
  name: 'curl-without-fail',
  level: 'warning',
  page: {
    what: '`curl` without `--fail`: an error page of the server counts as success',
    why: 'A step called a webhook that switched traffic. The server answered 500 with an error page. curl had got an answer, so its exit code was 0, and the cutover continued on the old servers.',
    bad: read('[curl, --silent, "https://app.example/healthz"]'),
    good: read('[curl, --fail, --silent, "https://app.example/healthz"]'),
  },
  find: (command) => {
    if (command.name !== 'curl') return null;
    const judged =
      has(command, 'f', '--fail', '--fail-with-body', '--fail-early') || has(command, 'w', '--write-out');
    // The headers are what is asked for, and something reads them.
    const readOn =
      has(command, 'I', '--head') || has(command, 'i', '--include') || has(command, 'V', '--version');
    return judged || readOn
      ? null
      : {
          at: command.program,
          message: 'An error of the server (404, 500) counts as success',
          remedy: 'Add `--fail`, or use a step of type http.check',
        };
  },
});

export const openToAll = shellRule({
  code: 'RB730',
  name: 'chmod-777',
  level: 'warning',
  page: {
    what: '`chmod 777`: everybody may change the file',
    why: 'An upload folder was opened to all so that the app could write. So could the other site on that server, which had been broken into.',
    bad: `steps:
  - id: open-folder
    type: command
    with: { run: [chmod, -R, "777", /srv/uploads] }
    rollback: { undo: { none: It is set again by the next deployment } }`,
    good: `steps:
  - id: open-folder
    type: command
    with: { run: [chown, -R, "app:app", /srv/uploads] }
    rollback: { undo: { none: It is set again by the next deployment } }`,
  },
  find: (command) => {
    if (command.name !== 'chmod') return null;
    const at = operands(command).find(({ text }) =>
      /^0?[0-7]?[0-7]{2}[2367]$|^(o|a|ugo)?[+=][rwxX]*w/.test(text),
    );
    return at && !/^\+/.test(at.text) && !/^1/.test(at.text)
      ? {
          at,
          message: `Mode ${at.text} lets every user of that machine change it`,
          remedy: 'Give the file to the user that needs it (chown), with 0640 or 0750',
        }
      : null;
  },
});

export const killNine = shellRule({
  code: 'RB731',
  name: 'kill-9',
  level: 'warning',
  page: {
    what: '`kill -9`: the process cannot finish what it is doing',
    why: 'A worker was killed with -9 while it wrote a file of prices. The new system read the half-written file as a whole one, and sold for an hour at the prices of another list.',
    bad: `steps:
  - id: stop
    type: command
    with:
      run: [pkill, "-9", worker]
      probe: { run: [./bin/no-worker] }
    rollback: { undo: { none: The service manager starts it again } }`,
    good: `steps:
  - id: stop
    type: command
    with: { run: [systemctl, stop, worker] }
    rollback: { undo: { none: The service manager starts it again } }`,
  },
  find: (command) => {
    if (!/^(kill|pkill|killall)$/.test(command.name)) return null;
    const words = argsOf(command);
    const at = command.args.find(
      ({ text }, i) =>
        /^-(9|KILL|SIGKILL)$/i.test(text) ||
        (/^(9|KILL|SIGKILL)$/i.test(text) && /^(-s|--signal)$/.test(words[i - 1] ?? '')),
    );
    return at
      ? {
          at,
          message: 'The process is ended in the middle of what it writes',
          remedy: 'Stop it by its service manager, or send TERM and wait; KILL only as the last resort',
        }
      : null;
  },
});

const unchecked = /StrictHostKeyChecking[= ]?["']?(no|off)\b/i;

export const hostKeyIgnored = shellRule({
  code: 'RB732',
  name: 'identity-not-checked',
  level: 'error',
  page: {
    what: 'The identity of a server is not checked: `StrictHostKeyChecking=no`, `curl -k` and the like',
    why: 'An address had been given to another machine. The deployment went there, with the secrets of production in it, since the script did not look at the host key. Nothing failed.',
    bad: read('[ssh, -o, StrictHostKeyChecking=no, deploy@web.example, uptime]'),
    good: read('[ssh, -o, UserKnownHostsFile=known_hosts, deploy@web.example, uptime]'),
  },
  find: (command) => {
    const { name, args, variables } = command;
    const ssh = /^(ssh|scp|sftp|rsync|git)$/.test(name)
      ? [...args, ...variables].find(({ text }) => unchecked.test(text))
      : null;
    const curl = name === 'curl' ? option(command, 'k', '--insecure', '--proxy-insecure') : null;
    const wget = name === 'wget' ? option(command, null, '--no-check-certificate') : null;
    const off = [...variables, ...args].find(({ text }) =>
      /^(NODE_TLS_REJECT_UNAUTHORIZED=0|GIT_SSL_NO_VERIFY=(1|true)|http\.sslVerify=false)$/i.test(text),
    );
    const at = ssh ?? curl ?? wget ?? off;
    return at
      ? {
          at,
          message: 'Another server at this address would not be noticed',
          remedy: 'Give the known host key or the CA. For a server with a name of its own, use an ssh target',
        }
      : null;
  },
});

export const downloadIntoShell = shellRule({
  code: 'RB733',
  name: 'download-into-shell',
  level: 'error',
  page: {
    what: '`curl ... | sh`: runs what a server sends at that moment',
    why: 'An installer was piped into a shell. The connection broke in the middle, and the shell had already run the first half: the old version was removed, the new one not installed. It also is whatever that server says on that day.',
    bad: `steps:
  - id: install
    type: command
    with:
      run: curl --fail https://get.example/install.sh | sh
      probe: { run: [tool, --version] }
    rollback: { undo: { none: A tool that is not used } }`,
    good: `steps:
  - id: install
    type: command
    with:
      run: |
        curl --fail -o install.sh https://get.example/install.sh
        echo "$SHA256  install.sh" | sha256sum --check
        sh install.sh
      env: { SHA256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae }
      probe: { run: [tool, --version] }
    rollback: { undo: { none: A tool that is not used } }`,
  },
  find: ({ name, pipedTo, program }) =>
    /^(curl|wget)$/.test(name) && /^(sh|bash|dash|zsh|python3?|perl|ruby|node)$/.test(pipedTo.at(-1) ?? '')
      ? {
          at: program,
          message: `${pipedTo.at(-1)} runs what this server sends, checked by nobody, and half of it if the connection breaks`,
          remedy: 'Download it, compare its SHA-256 with the reviewed one, then run it',
        }
      : null,
});
