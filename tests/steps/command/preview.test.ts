import { expect, test } from 'vitest';
import { command } from '../../../steps/command/step.ts';

test.each([
  [{ run: ['git', 'commit', '-m', "it's done"] }, "git commit -m 'it'\\''s done'"],
  [{ run: ['npm', 'ci'], cwd: '/srv/app' }, 'npm ci   (in /srv/app)'],
  [{ run: 'set -e\nmake\nmake install\n' }, 'set -e … (and 2 more lines)'],
  [
    { run: 'purge', env: { AUTH: { secret: ['Bearer ', { name: 'cdn_token' }] }, ZONE: 'eu west' } },
    "AUTH=Bearer [cdn_token] ZONE='eu west' purge",
  ],
])('%j reads as an operator would type it, in one line, secrets by name', (given, expected) => {
  expect(command.preview(command.input.parse(given))).toBe(expected);
});
