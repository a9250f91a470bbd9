/** Which words of a list are taken for a mistake; what a program reads itself is not. */
import { expect, test } from 'vitest';
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
