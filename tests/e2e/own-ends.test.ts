/** The engine's own ends, with real processes: a full disk, no home, JSON that a command should not print. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { runbook, workDir } from '../engine/cli/command-line.ts';
import { engineMain } from '../support/engine-main.ts';

type Yaml = Readonly<Record<string, unknown>>;

const scene = (...steps: Yaml[]) => {
  const cwd = workDir();
  mkdirSync(join(cwd, 'home'));
  writeFileSync(join(cwd, 'r.yaml'), stringify({ version: 1, name: 'ends', steps }));
  const env: Record<string, string> = { HOME: join(cwd, 'home'), XDG_STATE_HOME: join(cwd, 'home', 'state') };
  const runs = join(cwd, '.runbook', 'runs');
  const journal = () => join(runs, readdirSync(runs)[0] ?? '', 'journal.jsonl');
  const events = () =>
    readFileSync(journal(), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; [key: string]: unknown });
  return { cwd, env, journal, events };
};

const echo = (id: string, run: string | readonly string[], more: Yaml = {}): Yaml => ({
  id,
  type: 'command',
  with: { run, ...more },
  rollback: { undo: { none: 'nothing to undo' } },
});

/** The command line with one of its streams on a device that is always full. */
const full = (
  { cwd, env }: { cwd: string; env: Record<string, string> },
  lost: 'stdout' | 'stderr',
  args: readonly string[],
) => {
  const device = openSync('/dev/full', 'w');
  const stdio =
    lost === 'stdout' ? (['ignore', device, 'pipe'] as const) : (['ignore', 'pipe', device] as const);
  const child = spawn(process.execPath, [engineMain, ...args], {
    cwd,
    env: { ...process.env, TZ: 'UTC', NO_COLOR: '1', ...env },
    stdio: [...stdio],
  });
  closeSync(device);
  let said = '';
  (child.stdout ?? child.stderr)?.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  return new Promise<{ code: number | null; said: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, said })),
  );
};

describe('a full disk under the output', () => {
  test.each(['stdout', 'stderr'] as const)('%s: the run continues to its normal end', async (lost) => {
    const s = scene(echo('a', 'echo one'), echo('b', 'echo two'));
    const { code, said } = await full(s, lost, ['exec', 'r.yaml']);
    expect(code).toBe(0);
    expect(said.match(/cannot be written/g)).toHaveLength(1);
    expect(said).toContain(
      `runbook: ${lost} cannot be written: no space left on device (ENOSPC); the command continues`,
    );
    expect(said).not.toMatch(/\n\s+at /);
    expect(s.events().at(-1)).toMatchObject({ type: 'session-ended', reason: 'settled' });
  });

  test('a failed step keeps its exit code, and --json says what was lost as JSON', async () => {
    const s = scene(echo('a', 'exit 3'));
    const { code, said } = await full(s, 'stderr', ['exec', 'r.yaml', '--json']);
    expect(code).toBe(1);
    for (const line of said.trim().split('\n')) JSON.parse(line);
    expect((await full(s, 'stdout', ['resume', '--json'])).code).toBe(1);
  });

  test.each([[['status']], [['report']], [['steps']], [['schema']], [['runs']], [['--version']]])(
    '%j, whose result is its output, fails with one line',
    async (args) => {
      const s = scene(echo('a', 'echo one'));
      await runbook(['exec', 'r.yaml'], s);
      expect(await full(s, 'stdout', args)).toEqual({
        code: 1,
        said: 'runbook: stdout cannot be written: no space left on device (ENOSPC); the output is not complete\n',
      });
    },
  );
});

test('resume and its siblings end where the journal cannot grow', { timeout: 60_000 }, async () => {
  const s = scene(echo('a', 'exit 1'));
  await runbook(['exec', 'r.yaml'], s);
  // A limit on the size of files is a full disk that needs no mount: at 2 blocks the small files can be written, and
  // the journal, which is longer, cannot grow.
  for (const [args, blocks, wanted] of [
    ['resume', 2, 1],
    ['rollback --reason r', 2, 1],
    ['exec r.yaml', 0, 4],
  ] as const) {
    const child = spawn(
      '/bin/sh',
      ['-c', `trap '' XFSZ; ulimit -f ${blocks}; exec "$0" "$1" ${args}`, process.execPath, engineMain],
      {
        cwd: s.cwd,
        env: {
          ...process.env,
          NO_COLOR: '1',
          NODE_COMPILE_CACHE: '',
          NODE_DISABLE_COMPILE_CACHE: '1',
          ...s.env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        said += chunk;
      });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ args, code, said }).toMatchObject({ code: wanted, said: expect.stringMatching(/EFBIG|RB4/) });
    expect(said).not.toMatch(/\n\s+at /);
  }
});

describe('a home that cannot hold the state', () => {
  test.each(['/proc', '/dev/null'])('HOME=%s: the step fails, with what to do', async (home) => {
    const s = scene(echo('a', 'echo one'));
    const { code, stderr } = await runbook(['exec', 'r.yaml'], {
      cwd: s.cwd,
      env: { HOME: home, XDG_STATE_HOME: '' },
    });
    expect(code).toBe(1);
    expect(stderr).toContain('the state folder of the run');
    expect(stderr).toContain('Set HOME or XDG_STATE_HOME to a folder that this user can write');
  });
});

describe('JSON that a command prints', () => {
  const printed = async (text: string, then: Yaml[] = []) => {
    const s = scene(echo('a', ['printf', '%s', text], { capture: 'json' }), ...then);
    return { s, ...(await runbook(['exec', 'r.yaml'], s)) };
  };

  test('2,000 lists deep: the act fails, and so does each resume', async () => {
    const { s, code, stderr } = await printed('['.repeat(2_000) + ']'.repeat(2_000));
    expect(code).toBe(1);
    expect(stderr).toContain('what it printed is nested deeper than 100 levels');
    const again = await runbook(['resume'], s);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('what it printed is nested deeper than 100 levels');
  });

  test('a key __proto__ is refused', async () => {
    const { code, stderr } = await printed('{"a":{"__proto__":1}}');
    expect(code).toBe(1);
    expect(stderr).toContain('what it printed has a key "__proto__"');
  });

  test('an id beyond 2^53 keeps its digits on its way into the next step', async () => {
    const { s, code } = await printed('{"order":9007199254740993}', [
      echo('b', ['printf', '%s', "DELETE order ${{ steps['a'].output.json.order }}"], { capture: 'text' }),
    ]);
    expect(code).toBe(0);
    expect(JSON.stringify(s.events())).toContain('DELETE order 9007199254740993');
    expect(JSON.stringify(s.events())).not.toContain('9007199254740992');
  });
});
