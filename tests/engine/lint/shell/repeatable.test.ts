import { expect, test } from 'vitest';
import { commandsOf } from '../../../../engine/lint/shell/commands-of.ts';
import { areRepeatable } from '../../../../engine/lint/shell/repeatable.ts';

test.each([
  'npm ci',
  'npm run --silent build',
  'if [ -f package-lock.json ]; then npm ci; else echo none; fi',
  'mkdir -p /srv/a && chmod 0750 /srv/a',
  'ln -sfn /srv/a /srv/b',
  'rm -f /srv/a',
  'systemctl restart nginx',
  'git fetch && git checkout --detach 0f3c2a1',
  'curl --fail https://a.example/',
  'echo a > /srv/b',
])('a second time does nothing more: %s', (run) => {
  expect(areRepeatable(commandsOf(run, ['run']))).toBe(true);
});

test.each([
  './bin/charge',
  'npm run charge',
  'npm ci && npm run charge',
  'mkdir /srv/a',
  'ln -s /srv/a /srv/b',
  'mv /srv/a /srv/b',
  'echo a >> /srv/b',
  'tee -a /srv/b',
  'sed -i s/a/b/ /srv/b',
  'curl --fail -X POST https://a.example/',
  'curl --fail -d a=b https://a.example/',
  'git push',
  'docker run app',
  '"$COMMAND" now',
  '',
])('not known: %s', (run) => {
  expect(areRepeatable(commandsOf(run, ['run']))).toBe(false);
});
