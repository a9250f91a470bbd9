import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { DiagnosticError } from '../../../engine/diagnostic.ts';
import { renderDiagnostic } from '../../../engine/diagnostics/render.ts';
import type { Plan } from '../../../engine/plan.ts';
import { resolveSecrets } from '../../../engine/run/secrets.ts';

let baseDir: string;
beforeAll(() => {
  baseDir = mkdtempSync(join(tmpdir(), 'runbook-secrets-'));
  const put = (name: string, text: string, mode: number) => {
    writeFileSync(join(baseDir, name), text);
    chmodSync(join(baseDir, name), mode);
  };
  put('private', 'from a file\n', 0o600);
  put('open', 'anybody', 0o644);
  put('nul', 'hunter2\0rest', 0o600);
});
afterAll(() => rmSync(baseDir, { recursive: true, force: true }));

const env = { PATH: process.env.PATH, TOKEN: 'tok en', EMPTY: '', TINY: 'abc' };
const resolved = (sources: Plan['secrets']) => resolveSecrets(sources, { env, baseDir });

test('values come from the environment, a private file, a command', async () => {
  const found = await resolved({
    a: { env: 'TOKEN' },
    b: { file: './private' },
    c: { command: ['printf', 'from a command\n'] },
  });
  expect([...found]).toEqual([
    ['a', 'tok en'],
    ['b', 'from a file'],
    ['c', 'from a command'],
  ]);
});

test('~/ is the home of the user, as in the files of ssh', async () => {
  vi.stubEnv('HOME', baseDir);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await resolved({ b: { file: '~/private' } })).toEqual(new Map([['b', 'from a file']]));
});

test('all secrets without a usable value are reported together, without a value', async () => {
  const error: unknown = await resolved({
    unset: { env: 'UNSET' },
    gone: { file: './gone' },
    open: { file: './open' },
    failing: { command: ['sh', '-c', 'echo hunter2; echo hunter2 >&2; exit 3'] },
    missing: { command: ['no-such-password-manager'] },
    empty: { env: 'EMPTY' },
    tiny: { env: 'TINY' },
    nul: { file: './nul' },
    fine: { env: 'TOKEN' },
  }).catch((e: unknown) => e);
  if (!(error instanceof DiagnosticError)) throw error;
  const text = error.diagnostics.map((d) => renderDiagnostic(d, { color: false })).join('\n');
  expect(text.replaceAll(baseDir, '<dir>')).toMatchInlineSnapshot(`
    "RB520  Secret "unset" is not set: UNSET is not in the environment
      Set UNSET and run the command again
    RB521  Secret "gone" cannot be read from <dir>/gone: there is no such file
      Put the secret there, readable only by you, and run the command again
    RB522  Secret "open": <dir>/open can be read by others
      Run chmod 600 <dir>/open, then run the command again
    RB523  Secret "failing": sh gave no value: it ended with exit code 3
      Run that command by hand, fix what it reports, then run this one again
    RB523  Secret "missing": no-such-password-manager gave no value: it was not found
      Run that command by hand, fix what it reports, then run this one again
    RB524  Secret "empty" is empty in $EMPTY
      Set its value and run the command again
    RB525  Secret "tiny" is shorter than 4 characters
      Use a longer value: masking such a short one would also mask much other text in the logs
    RB526  Secret "nul" contains a NUL byte
      Remove the NUL byte and run the command again: no command or server accepts one in a password"
  `);
});
