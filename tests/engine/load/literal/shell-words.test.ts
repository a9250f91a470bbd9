/** Which words of a list are taken for a mistake; what a program reads itself is not. */
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { baseEnvironment } from '../../../../engine/expr/environment.ts';
import { splitPlaceholders } from '../../../../engine/expr/placeholders.ts';
import { shellWordsIn } from '../../../../engine/load/literal/shell-words.ts';

const flagged = (...words: readonly string[]) => shellWordsIn(words).map(({ word }) => word);

test.each([
  [['npm', 'ci', '&&', 'npm', 'test'], ['&&']],
  [['a', '||', 'true'], ['||']],
  [['a', ';', 'b'], [';']],
  [['a', '|', 'b'], ['|']],
  [['a', '&'], ['&']],
  [['mysql', 'app', '<', 'dump.sql'], ['<']],
  [['a', '>', '/log'], ['>']],
  [
    ['a', '>>/log', '2>/dev/null', '2>&1', '&>all'],
    ['>>/log', '2>/dev/null', '2>&1', '&>all'],
  ],
  [['a', '<<EOF'], ['<<EOF']],
  [
    ['ls', '$HOME/app', '${DIR}', '$(pwd)', '`pwd`'],
    ['$HOME/app', '${DIR}', '$(pwd)', '`pwd`'],
  ],
  [['ls', '--dir=$HOME'], ['--dir=$HOME']],
  [['psql', '-f', '~/seed.sql'], ['~/seed.sql']],
  [['rm', '-rf', '/tmp/*.lock'], ['/tmp/*.lock']],
  [['sudo', '-n', 'rm', '/tmp/?.lock'], ['/tmp/?.lock']],
  [['env', 'A=b', 'cp', '/a/[ab]', '/c'], ['/a/[ab]']],
  [['cp', 'app.{js,css}', '/srv'], ['app.{js,css}']],
  [['cd', '/srv'], ['cd']],
  [['export', 'A=b'], ['export']],
  [['A=b', 'npm', 'ci'], ['A=b']],
  [['systemctl stop app'], ['systemctl stop app']],
  // sudo reads no code, and these read it after an option only.
  [['sudo', 'rm', '-rf', '$APP_DIR/old'], ['$APP_DIR/old']],
  [['doas', 'ls', '$DIR'], ['$DIR']],
  [['psql', '-f', '$DIR/seed.sql'], ['$DIR/seed.sql']],
  [['mysql', '--defaults-file=$HOME/.my.cnf'], ['--defaults-file=$HOME/.my.cnf']],
  [['node', 'server.js', '$PORT'], ['$PORT']],
  [['php', 'artisan', '--path=$DIR'], ['--path=$DIR']],
  [['php', '-c', '$DIR/php.ini', 'artisan'], ['$DIR/php.ini']],
  [['bash', 'deploy.sh', '$TAG'], ['$TAG']],
  [['bash', '-c', 'echo "$1"', '-', '$TAG'], ['$TAG']],
  // The value of an option of a wrapper is not the program.
  [['sudo', '-u', 'www-data', 'rm', '-rf', '/var/www/old/*'], ['/var/www/old/*']],
  [['sudo', '-nu', 'www-data', 'rm', '/a/*'], ['/a/*']],
  [['sudo', '-uwww-data', '-g', 'www', '--', 'rm', '/a/*'], ['/a/*']],
  [['sudo', '--user', 'www-data', 'rm', '/a/*'], ['/a/*']],
  [['env', '-u', 'LANG', '-C', '/srv', 'A=b', 'rm', '/a/*'], ['/a/*']],
  [['timeout', '-k', '5', '-s', 'KILL', '10', 'rm', '/a/*'], ['/a/*']],
  [['nice', '-n', '10', 'ionice', '-c', '3', 'cp', '/a/*', '/b'], ['/a/*']],
  [['flock', '-w', '5', '/run/lock/app', 'rm', '/a/*'], ['/a/*']],
  [['sudo', '-h', 'web', '/bin/rm', '/a/*'], ['/a/*']],
  // -c and -e of other programs do not take code.
  [['docker', 'run', '-e', 'TOKEN=$TOKEN', 'img'], ['TOKEN=$TOKEN']],
  [['docker', 'run', '-e', 'TOKEN=$TOKEN', 'img', 'sh', '-c', 'echo $TOKEN'], ['TOKEN=$TOKEN']],
  [['nginx', '-c', '$HOME/nginx.conf'], ['$HOME/nginx.conf']],
  [['wc', '-c', '/var/x/*'], ['/var/x/*']],
] as const)('%j: %j', (words, expected) => {
  expect(flagged(...words)).toEqual(expected);
});

test.each([
  [['sh', '-c', 'cd ~/app && npm ci > $LOG']],
  [['bash', '-lc', 'echo $HOME | cat']],
  [['ssh', 'host', 'cd', '~/app', '&&', 'ls', '*.log']],
  [['awk', '$NF > 3 && $name', 'file']],
  [['jq', '.a | .b == $x']],
  [['psql', '-c', 'SELECT a > b']],
  [['psql', '-qtAc', 'DO $body$ BEGIN END $body$']],
  [['psql', '--command=SELECT $x']],
  [['/usr/bin/mysql', '-BNe', 'SELECT $x']],
  [['php8.3', '-r', 'echo $argv[1];']],
  [['python3', '-c', 'print("$x")']],
  [['node', '-p', '`${name}`']],
  [['sudo', '-u', 'app', 'sh', '-c', 'rm $DIR/*']],
  [['docker', 'exec', 'app', 'sh', '-c', 'echo $X > y']],
  [['su', '-', 'app', '-c', 'ls ~/x $DIR']],
  [['flock', '/run/lock/app', '-c', 'ls $DIR']],
  [['perl', '-pe', 's/a/$b/', 'file']],
  [['sed', '-i', 's/a/${b}/', 'file']],
  [['sudo', 'make', 'install', 'PREFIX=$(pwd)']],
  [['find', '/srv', '-name', '*.log', '-exec', 'rm', '{}', ';']],
  [['test', '3', '<', '4']],
  [['git', 'add', '*.ts', 'HEAD~1']],
  [['tar', 'czf', 'a.tgz', '--exclude=*.o', '.']],
  [['rsync', '--exclude', '*.log', 'a', 'b']],
  [['grep', '-E', '^a$|b&c', 'file']],
  [['pip', 'install', '>=1.2']],
  [['grep', '<title>', 'index.html']],
  [['docker', 'inspect', '--format', '{{.State.Status}}', 'app']],
  [['curl', 'https://a.example/?a=1&b=2']],
  [['node', 'say hello.js']],
  [['date', '+%s']],
  [['chmod', 'u=rw,g=r', '/srv/app']],
  [['node', "${{ '$HOME' }}", "${{ '>' }}", '${{ vars.pattern }}']],
] as const)('%j is fine', (words) => {
  expect(flagged(...words)).toEqual([]);
});

/** As an operator would copy it into the file. */
const offered = (word: string): string =>
  shellWordsIn(['ls', word])[0]?.remedy.replace(/^.*meant literally: /s, '') ?? '';

test.each([
  ['$HOME'],
  ['^\\$HOME'],
  ["it's $X"],
  ['say "$X"'],
  ["\\'$X\\"],
  ['a\n\t$X\r\n'],
  ['$X }} {{ y'],
  ['~/é: # %$X'],
])('the text that is offered for %j is read as that word', (word) => {
  const split = splitPlaceholders(parse(`- ${offered(word)}`)[0]);
  const [segment] = split.ok ? split.segments : [];
  expect(segment).toMatchObject({ kind: 'expr' });
  expect(segment?.kind === 'expr' && baseEnvironment().evaluate(segment.expr)).toBe(word);
});
