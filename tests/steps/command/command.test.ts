import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AbortReason } from '../../../engine/step.ts';
import { supervisorOf } from '../../../steps/_work/supervisor/supervisor-of.ts';
import { acts as ownActs } from '../../../steps/command/acts.ts';
import { type CommandInput, command } from '../../../steps/command/step.ts';
import { actContext } from '../../support/act-context.ts';
import { asTheEngine } from '../../support/as-the-engine.ts';
import { useLab } from '../../support/lab.ts';
import { type Place, usePlace, useVps } from '../../support/place.ts';

const acts = asTheEngine(ownActs);

const lab = await useLab();
const input = (given: Record<string, unknown>): CommandInput => command.input.parse(given);
const secrets = { token: "s3cr3t 'quoted'\nwith a line" };
const token = { secret: [{ name: 'token' }] };

describe.each([
  ['on this machine', () => usePlace()],
  ['over SSH', () => useVps(lab)],
])('%s', (_, enter: () => Promise<Place>) => {
  const world = async () => {
    const place = await enter();
    return { ...place, ctx: actContext({ clients: { shell: place.shell }, secrets }) };
  };
  const interrupted = async (given: Record<string, unknown>, reason: AbortReason) => {
    const { ctx, dir } = await world();
    const control = new AbortController();
    const log = (chunk: string | Uint8Array) => {
      ctx.log(chunk);
      if (ctx.logged().includes('begun')) control.abort(reason);
    };
    const there = { ...ctx, signal: control.signal, killGraceMs: 300, log };
    const wanted = input({ ...given, cwd: dir });
    return { ctx, dir, input: wanted, outcome: await acts.run(there, wanted, null) };
  };

  test.each(['read', 'write'])(
    'a %s gets its argv, environment, folder and stdin exactly',
    async (effects) => {
      const { ctx, dir } = await world();
      const words = ['two words', "it's", '$HOME', '*', '-e', ''];
      const script = 'printf "[%s]" "$@"; printf "\\n%s\\n" "$TOKEN"; pwd; cat';
      const given = { run: ['sh', '-c', script, 'sh', ...words], env: { TOKEN: token }, cwd: dir, effects };
      const outcome = await acts.run(ctx, input({ ...given, stdin: 'a line\n$no\n' }), null);
      const stdout = `${words.map((w) => `[${w}]`).join('')}\n${secrets.token}\n${dir}\na line\n$no\n`;
      expect(outcome).toEqual({ done: true, output: { exit_code: 0, stdout, truncated: false } });
      expect(ctx.logged()).toBe(stdout);
    },
  );

  test('a script stops at its first failing line', async () => {
    const { ctx, dir } = await world();
    const outcome = await acts.run(
      ctx,
      input({ run: 'echo no such thing >&2\nfalse\ntouch later', cwd: dir }),
      null,
    );
    expect(outcome).toEqual({
      done: false,
      effect: 'some',
      retryable: true,
      short: 'exit code 1: no such thing',
    });
    await expect(readFile(join(dir, 'later'))).rejects.toThrow('ENOENT');
  });

  test('other exit codes can be fine', async () => {
    const { ctx } = await world();
    const outcome = await acts.run(ctx, input({ run: ['sh', '-c', 'exit 3'], ok_exit_codes: [0, 3] }), null);
    expect(outcome).toMatchObject({ done: true, output: { exit_code: 3 } });
  });

  test.each([
    ['lines', 'a\\nb\\n', { lines: ['a', 'b'] }],
    ['lines', '', { lines: [] }],
    ['json', '{\\"n\\": [1, null]}', { json: { n: [1, null] } }],
    ['none', 'whatever', {}],
  ])('captured as %s', async (capture, printed, expected) => {
    const { ctx } = await world();
    const outcome = await acts.run(ctx, input({ run: `printf "${printed}"`, capture }), null);
    expect(outcome).toEqual({ done: true, output: { exit_code: 0, truncated: false, ...expected } });
  });

  test('text that is too long loses its beginning, not the step', async () => {
    const { ctx } = await world();
    const outcome = await acts.run(ctx, input({ run: 'yes | head -c 70000; echo end' }), null);
    expect(outcome).toMatchObject({ done: true, output: { truncated: true } });
    const { stdout } = outcome.done ? outcome.output : {};
    expect(stdout).toHaveLength(65_536);
    expect(stdout?.endsWith('y\nend\n')).toBe(true);
    expect(ctx.logged()).toHaveLength(70_004);
  });

  test('no part of a secret stays where a text or its last line was cut', async () => {
    const { ctx } = await world();
    const given = { env: { TOKEN: { secret: [{ name: 'token' }] } } };
    const half = 'printf %s "$TOKEN"; yes | head -c 65530';
    const long = await acts.run(ctx, input({ ...given, run: half }), null);
    expect(long).toMatchObject({ done: true, output: { truncated: true } });
    expect(long.done && long.output.stdout).toMatch(/^\*\*\*y\n/);
    const last = 'printf %s "$TOKEN" | tr -d "\\n" >&2; printf %0190d 0 >&2; exit 1';
    const words = {
      ...ctx,
      attempt: 2,
      mask: (text: string) => text.replaceAll(secrets.token.replaceAll('\n', ''), '***'),
    };
    const failed = await acts.run(words, input({ ...given, run: last }), null);
    expect(failed).toMatchObject({ done: false, short: `exit code 1: ***${'0'.repeat(190)}` });
  });

  test.each([
    ['json', 'echo nonsense', /^it succeeded, but what it printed is not JSON: nonsense$/],
    ['json', 'true', /^it succeeded, but what it printed is not JSON: nothing$/],
    ['lines', 'yes | head -c 70000', /^it succeeded, but it printed more than 65536 bytes/],
  ])('what cannot be captured as %s fails after the fact', async (capture, run, short) => {
    const { ctx } = await world();
    const outcome = await acts.run(ctx, input({ run, capture }), null);
    expect(outcome).toMatchObject({ done: false, effect: 'some', retryable: false });
    expect(outcome.done ? '' : outcome.short).toMatch(short);
  });

  test.each([
    [{ run: ['no-such-program'] }, /no-such-program is not there/],
    [{ run: ['true'], cwd: '/no/such/folder' }, /the folder \/no\/such\/folder does not exist/],
  ])('what could not start changed nothing: %j', async (given, short) => {
    for (const effects of ['read', 'write']) {
      const { ctx } = await world();
      const outcome = await acts.run(ctx, input({ ...given, effects }), null);
      expect(outcome).toMatchObject({ done: false, effect: 'none', remedy: expect.any(String) });
      expect(outcome.done ? '' : outcome.short).toMatch(short);
    }
  });

  test('left running by an interrupt, it is alive, and followed on to its end', async () => {
    const run = 'echo begun; while [ ! -e go ]; do sleep 0.02; done; echo finished';
    const { ctx, dir, input: given, outcome } = await interrupted({ run }, 'detach');
    expect(outcome).toMatchObject({ done: false, effect: 'unknown' });
    expect(await acts.probe(ctx, given, null)).toEqual({ state: 'alive' });
    const attached = acts.run(ctx, given, null);
    await acts.run(
      actContext({ clients: { shell: await ctx.connect('shell') } }),
      input({ run: ['touch', `${dir}/go`] }),
      null,
    );
    expect(await attached).toMatchObject({ done: true, output: { stdout: 'begun\nfinished\n' } });
    expect(await acts.probe(ctx, given, null)).toMatchObject({ state: 'done', output: { exit_code: 0 } });
  });

  test('timed out, it is ended with all it started, even where it ignores SIGTERM', async () => {
    const run =
      'trap "" TERM; (while :; do sleep 0.05; date +%s%N >alive; done) & echo begun; wait; sleep 60';
    const { ctx, dir, input: given, outcome } = await interrupted({ run }, 'timeout');
    expect(outcome).toMatchObject({
      done: false,
      effect: 'unknown',
      retryable: true,
      short: 'timed out, and was ended',
    });
    const last = await readFile(join(dir, 'alive'), 'utf8').catch(() => '');
    expect(await acts.probe(ctx, given, null)).toMatchObject({ state: 'unknown' });
    expect(await readFile(join(dir, 'alive'), 'utf8').catch(() => '')).toBe(last);
  });

  test('that has ended is judged by its exit code, although its time is up before its output is copied', async () => {
    const { ctx, dir } = await world();
    const control = new AbortController();
    const run = "head -c 150000000 /dev/zero | tr '\\0' x; echo; echo the end; touch ended; exit 3";
    const given = input({ run, cwd: dir });
    const running = acts.run({ ...ctx, signal: control.signal }, given, null);
    await expect
      .poll(
        () =>
          readFile(join(dir, 'ended')).then(
            () => true,
            () => false,
          ),
        { timeout: 20_000 },
      )
      .toBe(true);
    // Its last command has run; its code is recorded by the supervisor right after.
    await expect
      .poll(() => acts.probe(ctx, given, null).then(({ state }) => state), { timeout: 20_000 })
      .toBe('failed');
    control.abort('timeout');
    expect(await running).toMatchObject({ done: false, effect: 'some', short: 'exit code 3: the end' });
    expect(ctx.logged()).toMatch(
      /\[\d+\.\d MB of output were not copied; they are in \S+ until the run is settled\]/,
    );
    expect(ctx.logged().length).toBeLessThan(140_000_000);
  }, 60_000);

  test('a read that has ended is not held by a process that keeps its output open', async () => {
    const { ctx, dir } = await world();
    const run = 'sleep 60 & echo $! >pid; echo ready; exit 4';
    const given = input({ run, cwd: dir, effects: 'read' });
    const outcome = await acts.run(ctx, given, null);
    const shell = await ctx.connect('shell');
    await shell.exec(['sh', '-c', 'kill "$(cat pid)"'], { cwd: dir });
    expect(outcome).toMatchObject({ done: false, short: 'exit code 4: ready' });
    expect(ctx.logged()).toBe('ready\n');
  });

  test('a read may print more than anybody copies', async () => {
    const { ctx } = await world();
    const run = "head -c 30000000 /dev/zero | tr '\\0' x; echo; echo the end";
    const outcome = await acts.run(ctx, input({ run, effects: 'read' }), null);
    expect(outcome).toMatchObject({
      done: true,
      output: { truncated: true, stdout: expect.stringMatching(/x\nthe end\n$/) },
    });
  });

  /** Pays once it may, out of reach of whoever ends the process group. */
  const pays =
    "setsid sh -c 'until [ -e go ]; do sleep 0.05; done; echo paid >>paid' >/dev/null 2>&1 </dev/null &";

  test('timed out, what has left its process group is ended as well: the retry pays once', async () => {
    const run = `${pays} echo begun; until [ -e paid ]; do sleep 0.05; done; sleep 0.3`;
    const { ctx, dir, input: given, outcome } = await interrupted({ run }, 'timeout');
    expect(outcome).toMatchObject({ done: false, short: 'timed out, and was ended' });
    await writeFile(join(dir, 'go'), '');
    expect(await acts.run({ ...ctx, attempt: 2 }, given, null)).toMatchObject({ done: true });
    expect(await readFile(join(dir, 'paid'), 'utf8')).toBe('paid\n');
  });

  test('a daemon that a command left on purpose is a success, and is left alone', async () => {
    const { ctx, dir } = await world();
    const given = input({ run: `${pays} echo begun`, cwd: dir });
    expect(await acts.run(ctx, given, null)).toMatchObject({ done: true });
    expect(await acts.probe(ctx, given, null)).toMatchObject({ state: 'done' });
    expect(await acts.end?.(ctx, given)).toBe(true);
    await writeFile(join(dir, 'go'), '');
    await expect.poll(() => readFile(join(dir, 'paid'), 'utf8').catch(() => '')).toBe('paid\n');
  });

  test('its supervisor killed, its work is not taken for gone; it can be ended', async () => {
    const run = 'echo begun; while :; do sleep 0.05; done';
    const wanted = { run, probe: { run: 'exit 1' } };
    const { ctx, dir, input: given } = await interrupted(wanted, 'detach');
    const shell = await ctx.connect('shell');
    const kill =
      'd=${1:-$HOME/.local/state/runbook}; read -r pid rest <"$d/$2/step.do.0#1/pid"; kill -9 "$pid"';
    await shell.exec(['sh', '-c', kill, 'sh', shell.stateDir ?? '', ctx.runId], { cwd: dir });
    await expect
      .poll(() => acts.probe(ctx, given, null), { timeout: 10_000 })
      .toEqual({
        state: 'unknown',
        why: expect.stringMatching(/^its supervisor is gone, but its work is still running: pid \d+/),
      });
    expect(await acts.run(ctx, given, null)).toMatchObject({ done: false, effect: 'unknown', living: true });
    expect(await acts.end?.(ctx, given)).toBe(true);
    expect(await acts.probe(ctx, given, null)).toEqual({ state: 'not-done' });
  });

  test.each([
    ['test "$TOKEN" = expected', { state: 'done', output: { exit_code: null, truncated: false } }],
    ['exit 1', { state: 'not-done' }],
    ['exit 2', { state: 'unknown', why: 'it was ended before it was done; its probe cannot tell either' }],
  ])('a probe, asked as %s', async (probe, expected) => {
    const { ctx, input: given } = await interrupted(
      { run: 'echo begun; sleep 60', env: { TOKEN: 'expected' }, probe: { run: probe } },
      'stop',
    );
    expect(await acts.probe(ctx, given, null)).toEqual(expected);
  });

  test('work that an earlier engine left is ended on request', async () => {
    const { ctx, input: given } = await interrupted({ run: 'echo begun; sleep 60' }, 'detach');
    expect(await acts.end?.(ctx, given)).toBe(true);
    expect(await acts.probe(ctx, given, null)).toMatchObject({ state: 'unknown' });
  });

  test.each(['read', 'write'])(
    'a %s that leaves exit code 0 because it was ended at its time limit is not done',
    async (effects) => {
      const run = `trap 'sleep 0.2; exit 0' TERM; echo begun; while :; do sleep 0.05; done`;
      const given = { run, effects, ok_exit_codes: [0, 143] };
      // A read throws what ended it; of a write nobody knows how far it got.
      const outcome = await interrupted(given, 'timeout').then(
        (there) => there.outcome,
        (reason: unknown) => reason,
      );
      if (effects === 'read') expect(outcome).toBe('timeout');
      else expect(outcome).toMatchObject({ done: false, effect: 'unknown' });
    },
  );

  test('an exit code that was not fine is known after a crash, too', async () => {
    const { ctx } = await world();
    const given = input({ run: 'echo broken >&2; exit 4' });
    const outcome = await acts.run(ctx, given, null);
    expect(outcome).toMatchObject({
      done: false,
      effect: 'some',
      retryable: true,
      short: 'exit code 4: broken',
    });
    expect(await acts.probe(ctx, given, null)).toEqual({ state: 'failed', outcome });
  });

  test('the dry run finds what is missing', async () => {
    const { ctx, dir } = await world();
    const findings = async (given: Record<string, unknown>) =>
      (await acts.check(ctx, input(given))).filter((f) => f.level === 'problem').map((f) => f.what);
    expect(await findings({ run: ['true'], cwd: dir })).toEqual([]);
    expect(await findings({ run: ['no-such-program'] })).toEqual([
      expect.stringContaining('no-such-program is not on'),
    ]);
    expect(await findings({ run: 'if true; then' })).toEqual([expect.stringContaining('cannot be parsed')]);
    expect(await findings({ run: ['true'], cwd: '/etc/hostname' })).toEqual([
      expect.stringContaining('cannot be entered'),
    ]);
    // It fails at once, unless an earlier step makes it.
    expect(await acts.check(ctx, input({ run: ['true'], cwd: '/no/such' }))).toMatchObject([
      { level: 'problem', what: expect.stringContaining('does not exist yet'), passing: true },
    ]);
    // A read is made for real: a receipt that is not there is found today.
    expect(await acts.check(ctx, input({ run: ['cat', `${dir}/receipt`], effects: 'read' }))).toMatchObject([
      { level: 'verified' },
      { level: 'unchecked', what: expect.stringContaining('not true yet: exit code 1') },
    ]);
    expect(await acts.check(ctx, input({ run: ['true'], effects: 'read' }))).toMatchObject([
      { level: 'verified' },
      { level: 'verified', what: expect.stringContaining('run now') },
    ]);
    const probed = { run: ['true'], probe: { run: ['no-such-probe'] } };
    expect(await findings(probed)).toEqual([expect.stringMatching(/^probe: no-such-probe is not on/)]);
  });
});

test('a text takes no secret and a list no more than text', () => {
  expect(command.input.safeParse({ run: ['echo', token] }).success).toBe(false);
  expect(command.input.safeParse({ run: token }).success).toBe(false);
});

/** Real orphans: tests/steps/_work/living-work.test.ts. */
test('a process that may belong to ended work is named, and keeps the outcome unknown', async () => {
  const { shell, dir } = await usePlace();
  const found = { state: 'stray', pids: [4711] } as const;
  const supervisor = { ...supervisorOf(shell), end: async () => false, look: async () => found };
  const ctx = actContext({ clients: { shell: { ...shell, supervisor } } });
  const given = input({ run: 'sleep 60', cwd: dir });
  const signal = AbortSignal.timeout(100);
  const outcome = await acts.run({ ...ctx, signal, killGraceMs: 100 }, given, null);
  const named = 'it was ended, but pid 4711 began meanwhile and may belong to it';
  expect(outcome).toMatchObject({ done: false, effect: 'unknown', living: true });
  expect(outcome).toMatchObject({ short: expect.stringContaining(named) });
  expect(await acts.probe(ctx, given, null)).toEqual({
    state: 'unknown',
    why: expect.stringContaining(named),
  });
  expect(await supervisorOf(shell).end({ runId: ctx.runId, act: ctx.act, attempt: ctx.attempt }, 100)).toBe(
    true,
  );
});
