/** Own step types, run by the real command line: killed in the middle, changed between sessions, rolled back. */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { runbookHere, type Started, start, workDir } from '../engine/cli/command-line.ts';

type Yaml = Readonly<Record<string, unknown>>;

/** Says that it began, waits for the file `go`, and is done. */
const waiting = (name: string): Yaml => ({
  type: 'command',
  with: {
    run: 'echo began $NAME | tee -a "$DIR/did"; until [ -e "$DIR/go" ]; do sleep 0.02; done; echo did $NAME | tee -a "$DIR/did"',
    env: { DIR: '${{ input.dir }}', NAME: name },
  },
});

const leaves = (name: string): Yaml => ({
  type: 'command',
  with: { run: 'echo did $NAME >>"$DIR/did"', env: { DIR: '${{ input.dir }}', NAME: name } },
});

const single = {
  description: 'Waits',
  input: { dir: 'string' },
  before: {
    type: 'command',
    with: {
      run: ['sh', '-c', 'cat "$1/did" 2>/dev/null || true', 'sh', '${{ input.dir }}'],
      effects: 'read',
    },
  },
  run: waiting('one'),
  undo: {
    type: 'command',
    with: {
      run: 'printf "%sundone\\n" "$WAS" >"$DIR/did"',
      env: { DIR: '${{ input.dir }}', WAS: '${{ before.stdout }}' },
    },
  },
  output: { said: '${{ result.stdout }}' },
};

const several = {
  description: 'Does three things',
  input: { dir: 'string' },
  run: [
    { id: 'a', ...leaves('a') },
    { id: 'b', ...waiting('b') },
    { id: 'c', ...leaves('c') },
  ],
  output: { said: '${{ result.b.stdout }}', code: '${{ result.c.exit_code }}' },
};

const useScene = (template: Yaml, more: readonly Yaml[] = []) => {
  const cwd = workDir();
  const env = { HOME: cwd, XDG_STATE_HOME: join(cwd, 'state') };
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  };
  write('types/waits.yaml', stringify(template));
  write(
    'own.yaml',
    stringify({
      version: 1,
      name: 'own',
      step_types: { 'own.waits': './types/waits.yaml' },
      steps: [
        {
          id: 'one',
          type: 'own.waits',
          with: { dir: cwd },
          ...(!('undo' in template) && { rollback: { undo: { none: 'a test' } } }),
        },
        {
          id: 'shown',
          type: 'command',
          with: { run: ['echo', "${{ steps['one'].output.said }}"], effects: 'read' },
        },
        ...more,
      ],
    }),
  );
  const run = () => join(cwd, '.runbook/runs', readdirSync(join(cwd, '.runbook/runs'))[0] ?? '');
  return {
    cwd,
    write,
    begin: (...args: string[]) => start(args, { cwd, env }),
    cli: (...args: string[]) => runbookHere(args, { cwd, env }),
    did: () => readFileSync(join(cwd, 'did'), 'utf8').trimEnd().split('\n'),
    go: () => appendFileSync(join(cwd, 'go'), ''),
    events: () =>
      readFileSync(join(run(), 'journal.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { type: string; act?: string; output?: unknown }),
  };
};

const kill = async (engine: Started): Promise<void> => {
  engine.kill('SIGKILL');
  expect((await engine.ended).code).toBe(null);
};

const fails = {
  id: 'fails',
  type: 'command',
  rollback: { undo: { none: 'a test' } },
  with: { run: ['false'] },
};

describe.each([
  ['one call', single, 'began one', ['began one', 'did one']],
  ['the second of three calls', several, 'began b', ['did a', 'began b', 'did b', 'did c']],
] as const)('kill -9 during %s of a template', (_, template, seen, all) => {
  test('the work lives on; resume follows it and starts nothing twice', async () => {
    const scene = useScene(template);
    const engine = scene.begin('exec', 'own.yaml');
    await engine.saw(seen);
    await kill(engine);
    const resumed = scene.cli('resume');
    scene.go();
    expect(await resumed).toMatchObject({ code: 0 });
    expect(scene.did()).toEqual(all);
    const events = scene.events();
    expect(events.filter((e) => e.type === 'act-started' && e.act === 'one/do/0')).toHaveLength(1);
    const output = events.find((e) => e.act === 'one/do/0' && e.output !== undefined)?.output;
    expect(output).toMatchObject({ said: `${seen}\n${seen.replace('began', 'did')}\n` });
  });
});

test('a rollback restores what was there, from the saved plan where the type is broken since', async () => {
  const scene = useScene(single, [fails]);
  scene.write('did', 'before\n');
  scene.go();
  expect((await scene.cli('exec', 'own.yaml')).code).toBe(1);
  scene.write('types/waits.yaml', 'description: broken\n');
  const { code, stderr } = await scene.cli('rollback', '--reason', 'a test');
  expect(stderr).toContain('Rolling back with the plan that was saved with the run');
  expect([code, scene.did()]).toEqual([5, ['before', 'undone']]);
});

test('kill -9 during the undo of a template: what it left at work is ended before the undo starts again', async () => {
  const slowly = {
    ...single,
    undo: {
      type: 'command',
      with: {
        run: 'echo undoing $$; until [ -e "$DIR/undo" ]; do sleep 0.02; done; echo undone $$ >>"$DIR/did"',
        env: { DIR: '${{ input.dir }}' },
      },
    },
  };
  const scene = useScene(slowly, [fails]);
  scene.go();
  expect((await scene.cli('exec', 'own.yaml')).code).toBe(1);
  const engine = scene.begin('rollback', '--reason', 'a test');
  await engine.saw('undoing');
  await kill(engine);
  const resumed = scene.begin('resume');
  await resumed.saw('undoing');
  scene.write('undo', '');
  expect(await resumed.ended).toMatchObject({ code: 5 });
  expect(scene.did().filter((line) => line.startsWith('undone'))).toHaveLength(1);
});

test('a type that changed after its step ran is refused like a changed step, and can be accepted', async () => {
  const scene = useScene(single, [fails]);
  scene.go();
  expect((await scene.cli('exec', 'own.yaml')).code).toBe(1);
  scene.write('types/waits.yaml', stringify({ ...single, run: waiting('another') }));
  const refused = await scene.cli('resume', '--skip', 'fails', '--reason', 'a test');
  expect(refused.code).toBe(4);
  expect(refused.stderr).toContain('one');
  const accepted = await scene.cli(
    ...['resume', '--skip', 'fails', '--accept-change', 'one', '--reason', 'a test'],
  );
  expect(accepted.code).toBe(0);
  expect(accepted.stderr).toContain('./types/waits.yaml');
});

describe('a module', () => {
  const index = `import { defineStep, StepFailed, withActs, z } from '@runbook-engine/runbook/step';
const type = defineStep({
  type: 'dns.record',
  summary: 'Sets a name.',
  input: z.strictObject({ name: z.string() }),
  output: z.strictObject({ id: z.int() }),
  examples: [],
  places: ['local'],
  onUnknown: 'ask',
  effects: () => 'write',
  preview: ({ name }) => 'set ' + name,
});
const acts = {
  check: async () => [],
  run: async (ctx, { name }) => {
    if (name === 'bad') throw new StepFailed('no such zone', { effect: 'none' });
    return { done: true, output: { id: 7 } };
  },
  probe: async () => ({ state: 'not-done' }),
};
export default { contract: 1, ...withActs(type, async () => ({ acts })) };
`;

  const useModule = (name: string) => {
    const cwd = workDir();
    const env = { HOME: cwd, XDG_STATE_HOME: join(cwd, 'state') };
    mkdirSync(join(cwd, 'types/dns'), { recursive: true });
    writeFileSync(join(cwd, 'types/dns/package.json'), '{ "type": "module" }');
    writeFileSync(join(cwd, 'types/dns/index.js'), index);
    const steps = [
      { id: 'good', type: 'dns.record', rollback: { undo: { none: 'a test' } }, with: { name: 'good' } },
      { id: 'last', type: 'dns.record', rollback: { undo: { none: 'a test' } }, with: { name } },
    ];
    const scene = { version: 1, name: 'own', step_types: { 'dns.record': './types/dns' }, steps };
    writeFileSync(join(cwd, 'own.yaml'), stringify(scene));
    return { cwd, run: (...args: string[]) => start(args, { cwd, env }).ended };
  };

  test('is run by exec with the contract of the engine, and by a command that only reads if it is trusted', async () => {
    const { run } = useModule('www');
    expect(await run('validate', 'own.yaml')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('RB359'),
    });
    expect(await run('validate', 'own.yaml', '--trust-types')).toMatchObject({ code: 0 });
    expect(await run('lint', 'own.yaml')).toMatchObject({ code: 0 });
    expect(await run('exec', 'own.yaml')).toMatchObject({ code: 0 });
  });

  test('its errors are known as its own, and a change of its code is a change of the step', async () => {
    const { cwd, run } = useModule('bad');
    const held = await run('exec', 'own.yaml');
    expect(held.code).toBe(1);
    expect(held.stderr).toContain('last failed: no such zone');
    expect(held.stderr).toContain('nothing was changed');
    writeFileSync(join(cwd, 'types/dns/index.js'), `${index}// changed\n`);
    const refused = await run('resume', '--retry', 'last', '--reason', 'a test');
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('good') });
    rmSync(join(cwd, 'types'), { recursive: true });
    expect(await run('resume')).toMatchObject({ code: 2, stderr: expect.stringContaining('RB351') });
  });
});
