/** Rules about single commands: what each sees, and what looks like it and is not. */
import { describe, expect, test } from 'vitest';
import { linted } from '../linted.ts';

/** A reading command, so that no rule about writes speaks. */
const codesOf = async (run: string | readonly string[]): Promise<readonly string[]> => {
  const { remarks } = await linted(
    `steps:\n  - id: a\n    type: command\n    with: ${JSON.stringify({ run, effects: 'read' })}`,
  );
  return remarks.map(({ code }) => code);
};

describe.each<[string, readonly (string | readonly string[])[], readonly (string | readonly string[])[]]>([
  [
    'RB720',
    [
      'git push -f',
      'git -C /srv/app push --force origin main',
      'git push origin +main',
      ['sudo', 'git', 'push', '--force'],
      "ssh web 'cd /srv && git push --force'",
    ],
    [
      'git push --force-with-lease',
      'echo "git push --force"',
      'git fetch --force',
      'git push origin v1 # --force',
    ],
  ],
  [
    'RB721',
    ['pm2 restart all', ['pm2', 'delete', 'all'], 'pm2 reload all --update-env'],
    ['pm2 restart app', 'pm2 list all', 'echo pm2 restart all'],
  ],
  [
    'RB722',
    ['mysqldump shop > a.sql', 'mariadb-dump --all-databases > a.sql', 'sudo mysqldump -uadmin shop > a'],
    [
      'mysqldump --single-transaction shop > a.sql',
      'mysqldump --no-data shop > a.sql',
      'mysqldump -x shop > a.sql',
      'mysqldump --version --help',
      'which mysqldump',
    ],
  ],
  [
    'RB723',
    ['mysqldump --single-transaction a | gzip > b', 'pg_dump a | ssh web "cat > b"', 'tar -c a | zstd > b'],
    [
      'pg_dump a > b && gzip b',
      'curl --fail https://a.example/ | jq .a',
      'gzip < a > b',
      "bash -o pipefail -c 'pg_dump a | gzip > b'",
    ],
  ],
  [
    'RB724',
    [
      'docker pull app',
      'docker run --rm app:latest',
      'docker pull registry.example:5000/app',
      'npx tool@latest',
      'git pull',
      'git checkout main',
      'git reset --hard origin/main',
    ],
    [
      'docker pull app:2.4.1',
      'docker pull registry.example:5000/app:2.4',
      'docker pull app@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
      'docker pull "$IMAGE"',
      'docker ps',
      'docker run --rm app:2.4.1 sh',
      'npx tool@1.2.3',
      'git checkout 0f3c2a1',
      'git checkout -b main',
      'git checkout -- main',
    ],
  ],
  [
    'RB725',
    ['mysql -phunter2', 'mysqldump --single-transaction --password=hunter2 a > b', 'tool --token=abcdef'],
    ['mysql -p', 'mysql -u root', 'mysql --port=3306', 'mysql -P 3306'],
  ],
  ['RB726', ['sleep 30', 'a; sleep 5m', 'sleep 2h'], ['sleep 1', 'echo sleep 30', 'sleep "$SECONDS"']],
  [
    'RB727',
    ['systemctl stop a || true', 'a | b || :', '(a || exit 0)'],
    ['grep a b || true', 'a || b', 'a && true', 'test -f a || true'],
  ],
  ['RB728', ['set +e', 'set +eu', 'set +o errexit'], ['set -e', 'set +x', 'echo set +e']],
  [
    'RB729',
    ['curl https://a.example/', 'curl -sSL https://a.example/ -o a', ['curl', 'https://a.example/']],
    [
      'curl -f https://a.example/',
      'curl -fsSL https://a.example/',
      'curl --fail-with-body https://a.example/',
      'curl -s -o /dev/null -w "%{http_code}" https://a.example/',
      'curl --version',
    ],
  ],
  [
    'RB730',
    ['chmod 777 a', 'chmod -R 0777 a', 'chmod o+w a', 'chmod a+rwx b', 'chmod 666 a'],
    ['chmod 755 a', 'chmod 0640 a', 'chmod u+w a', 'chmod +x a', 'chmod 1777 /tmp/a'],
  ],
  [
    'RB731',
    ['kill -9 12', 'pkill -KILL worker', 'kill -s KILL 12', 'killall -9 a'],
    ['kill 12', 'kill -TERM 12', 'pkill worker', 'kill 9'],
  ],
  [
    'RB732',
    [
      'ssh -o StrictHostKeyChecking=no web uptime',
      'ssh -oStrictHostKeyChecking=no web uptime',
      'scp -o "StrictHostKeyChecking no" a web:b',
      'curl -fk https://a.example/',
      'wget --no-check-certificate https://a.example/',
      'NODE_TLS_REJECT_UNAUTHORIZED=0 node a.js',
      'git -c http.sslVerify=false fetch',
    ],
    [
      'ssh -o StrictHostKeyChecking=yes web uptime',
      'ssh -o StrictHostKeyChecking=accept-new web uptime',
      'curl -f https://a.example/k',
    ],
  ],
  [
    'RB733',
    [
      'curl -f https://a.example/ | sh',
      'wget -qO- https://a.example/ | sudo bash',
      'curl -f https://a.example/ | tee a | sh',
    ],
    ['curl -f https://a.example/ -o a && sh a', 'cat a | sh'],
  ],
  [
    'RB718',
    [
      'curl -f https://me:hunter2@a.example/',
      'curl -f "https://a.example/?token=$TOKEN"',
      'git clone https://me:ghp_abcdefgh@git.example/a.git',
    ],
    [
      'curl -f https://a.example/?page=2',
      'curl -f "https://me:$PASSWORD@a.example/"',
      'ssh me@web uptime',
      'rsync a me@web:/b',
    ],
  ],
])('%s', (code, bad, good) => {
  test.each(bad.map((run) => [run]))('sees %j', async (run) => {
    expect(await codesOf(run)).toContain(code);
  });
  test.each(good.map((run) => [run]))('has nothing to say about %j', async (run) => {
    expect(await codesOf(run)).not.toContain(code);
  });
});

test('the word at fault is underlined, in each way to write a script', async () => {
  const text = `steps:
  - id: block
    type: command
    with:
      run: |
        cd /srv
          sudo git push --force
      effects: read
  - id: folded
    type: command
    with:
      run: >-
        cd /srv &&
        git push --force
      effects: read
  - id: quoted
    type: command
    with: { run: "cd \\"/srv\\"; git push --force", effects: read }
  - id: list
    type: command
    with:
      run:
        - git
        - push
        - --force
      effects: read
  - id: asked
    type: command
    with: { run: [id], probe: { run: git push --force } }
    rollback: { undo: { none: x } }`;
  const lines = text.split('\n');
  const { remarks } = await linted(text);
  const underlined = remarks.map(({ region: { line, col, endCol } }) =>
    [line - 2, lines[line - 3]?.slice(col - 1, endCol - 1)].join(' '),
  );
  expect(underlined).toEqual(['7 --force', '14 --force', '18 --force', '25 --force', '29 --force']);
});
