/** Commands of which it is known what a second time does: nothing more. They end with 0 only if they did their work. */
import { argsOf, has, operands, type ShellCommand } from './command.ts';

type Known = (command: ShellCommand) => boolean;

const always: Known = () => true;
const first =
  (...words: readonly string[]): Known =>
  (command) =>
    words.includes(operands(command)[0]?.text ?? '');

const readers =
  'test [ echo printf cat true : ls df du id whoami hostname uname date stat head tail wc sort uniq grep egrep fgrep cut tr awk jq diff cmp sha256sum md5sum which type pwd env sleep exit read local export set unset cd shift return readlink realpath basename dirname pgrep ps';
const settled =
  'chmod chown chgrp touch rm cp install rsync mkdir systemd-tmpfiles nginx apachectl sysctl sync update-ca-certificates';

/** `curl` that only reads. */
const reads: Known = (command) =>
  !has(command, 'd', '--data', '--data-raw', '--data-binary', '--json', '--form', '--upload-file') &&
  !has(command, 'F') &&
  !has(command, 'T') &&
  !argsOf(command).some(
    (word, i, all) => /^(-X|--request)$/.test(all[i - 1] ?? '') && !/^(GET|HEAD)$/.test(word),
  );

const script = /^(ci|install|i|build|run-script|ls|audit)$/;

/** `npm run --silent build`: a build makes the same files again. */
const packages: Known = (command) => {
  const [verb = '', name = ''] = operands(command).map(({ text }) => text);
  return verb === 'run' || verb === 'run-script' ? /^build\b/.test(name) : script.test(verb) || verb === '';
};

const known = new Map<string, Known>([
  ...readers.split(' ').map((name): [string, Known] => [name, always]),
  ...settled.split(' ').map((name): [string, Known] => [name, always]),
  ['mkdir', (command) => has(command, 'p', '--parents')],
  ['rm', (command) => has(command, 'f', '--force')],
  ['ln', (command) => has(command, 'f', '--force')],
  ['curl', reads],
  ['wget', (command) => !has(command, null, '--post-data', '--post-file')],
  ['tar', always],
  ['sed', (command) => !has(command, 'i', '--in-place')],
  ['tee', (command) => !has(command, 'a', '--append')],
  ['npm', packages],
  ['pnpm', packages],
  ['yarn', packages],
  ['pip', first('install', 'list', 'check')],
  ['composer', first('install', 'validate')],
  ['bundle', first('install', 'check')],
  ['systemctl', (command) => !/^(kill|isolate|poweroff|reboot|halt)$/.test(operands(command)[0]?.text ?? '')],
  ['service', always],
  ['apt-get', first('update', 'install')],
  [
    'git',
    first(
      'fetch',
      'checkout',
      'switch',
      'rev-parse',
      'status',
      'log',
      'diff',
      'ls-remote',
      'show',
      'describe',
    ),
  ],
  ['docker', first('pull', 'build', 'stop', 'compose', 'inspect', 'ps', 'logs', 'image')],
  ['podman', first('pull', 'build', 'stop', 'inspect', 'ps', 'logs', 'image')],
  ['kubectl', first('apply', 'get', 'scale', 'rollout', 'wait', 'describe', 'set', 'cordon', 'uncordon')],
  ['pm2', first('reload', 'restart', 'stop', 'save', 'list', 'ls', 'describe', 'startOrReload')],
]);

export const isRepeatable = (command: ShellCommand): boolean => {
  if (command.redirects.some(({ operator }) => operator.includes('>>'))) return false;
  return known.get(command.name)?.(command) ?? false;
};

/** A script is, where each of its commands is. */
export const areRepeatable = (commands: readonly ShellCommand[]): boolean =>
  commands.length > 0 && commands.every(isRepeatable);
