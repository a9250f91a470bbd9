import { expect, test } from 'vitest';
import { gitRemedy } from '../../../steps/git-checkout/remedy.ts';

test.each([
  [
    'git@github.com: Permission denied (publickey). | fatal: Could not read from remote repository.',
    'read-only deploy key',
  ],
  [
    'Host key verification failed. | fatal: Could not read from remote repository.',
    'known_hosts of the user on vps',
  ],
  [
    "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
    'a login that may read',
  ],
  ['ERROR: Repository not found. | fatal: Could not read from remote repository.', 'Correct `repository`'],
  ["fatal: '/srv/x.git' does not appear to be a git repository", 'Correct `repository`'],
  ['ssh: Could not resolve hostname git.example: Name or service not known', 'name server'],
  ['ssh: connect to host 127.0.0.1 port 1: Connection refused', 'Check the network'],
  ['fatal: remote error: upload-pack: not our ref 0f3c', 'Push the commit'],
  ["fatal: detected dubious ownership in repository at '/srv/app'", 'owns the checkout'],
  ['error: something new', 'See the log'],
])('%s', (complaint, remedy) => {
  expect(gitRemedy(complaint, 'vps')).toContain(remedy);
});
