import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DiagnosticError } from '../../../engine/diagnostic.ts';
import { digestOf } from '../../../engine/digest.ts';
import { type LoadOptions, loadRunbook } from '../../../engine/load/load.ts';
import type { Json, PlanActStep } from '../../../engine/plan.ts';
import { fakeRegistry } from '../../support/registry.ts';

const FIXTURES = new URL('fixtures', import.meta.url).pathname;
const NIGHT = readFileSync(join(FIXTURES, 'night.yaml'), 'utf8');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'load-'));
});
afterAll(() => rm(folder, { recursive: true }));

const read: LoadOptions['readFile'] = async (path) =>
  Buffer.from(path.endsWith('page.html') ? 'page' : 'Mend it.\n');

/** The runbook of the fixture after `edit`, without touching the fixture. */
const planOf = async (edit: (text: string) => string = (t) => t, options: Partial<LoadOptions> = {}) => {
  const path = join(folder, 'night.yaml');
  await writeFile(path, edit(NIGHT));
  const loaded = await loadRunbook(path, {
    registry: fakeRegistry,
    varsFiles: [],
    vars: {},
    readFile: read,
    ...options,
  });
  return loaded.plan;
};

const replace = (from: string, to: string) => (text: string) => {
  if (!text.includes(from)) throw new Error(`the fixture has no ${from}`);
  return text.replace(from, to);
};

const act = (plan: Awaited<ReturnType<typeof planOf>>, id: string): PlanActStep => {
  const step = plan.steps[id];
  if (step?.kind !== 'act') throw new Error(`${id} is no act`);
  return step;
};

describe('the plan', () => {
  test('is plain JSON, the same each time', async () => {
    const plan = await planOf();
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(await planOf()).toEqual(plan);
    const { digest, ...rest } = plan;
    expect(digest).toBe(digestOf(rest as unknown as Json));
  });

  test('has vars resolved, secrets by name, and what the run will know as expressions', async () => {
    const plan = await planOf();
    expect(plan.targets.legacy).toMatchObject({
      via: 'vps',
      config: { password: { secret: ['pw:', { name: 'db_password' }] } },
    });
    expect(act(plan, 'page-on').preconditions[0]).toMatchObject({
      with: { url: 'https://example.test:8080/', status: 200 },
      message: 'Not up',
    });
    expect(act(plan, 'dump').act).toMatchObject({
      with: { env: { PORT: '8080', PW: { secret: ['a', { name: 'db_password' }] } } },
      reads: ['page-on'],
    });
    // A lone expression keeps its type where the field takes it, and is text where it takes only text.
    expect(act(plan, 'count').act.with.params).toEqual([{ $expr: "steps['page-on'].output.bytes" }]);
    expect(act(plan, 'page-on').verify[0]?.with.run).toEqual([
      'test',
      { $template: [{ expr: "steps['page-on'].output.bytes" }] },
    ]);
  });

  test('has the list, the line and the text of the way forward', async () => {
    const { entries } = await planOf();
    expect(entries).toMatchObject([
      { kind: 'step', step: 'page-on' },
      { kind: 'parallel', steps: ['dump', 'count'] },
      { kind: 'step', step: 'go' },
      {
        kind: 'line',
        gate: 'go',
        act: 'open',
        forwardFix: { path: './fix.md', text: 'Mend it.\n' },
        line: 65,
      },
      { kind: 'step', step: 'open' },
    ]);
  });

  test('has the defaults of the engine, of the file and of the step', async () => {
    const plan = await planOf(
      replace('defaults: { timeout: 5m }', 'defaults: { timeout: 7m, kill_grace: 3s, retry: { limit: 2 } }'),
    );
    expect(act(plan, 'page-on').act).toMatchObject({
      timeoutMs: 120_000,
      killGraceMs: 3000,
      retry: { limit: 2, intervalMs: 5000 },
    });
    expect(act(plan, 'dump').act).toMatchObject({ timeoutMs: 420_000 });
    expect(act(plan, 'page-on').preconditions[0]?.retry).toEqual({ limit: 0, intervalMs: 1000, backoff: 1 });
    expect(act(plan, 'page-on').verify[0]?.retry).toEqual({ limit: 5, intervalMs: 1000, backoff: 1 });
    const plain = await planOf();
    expect(act(plain, 'page-on').act).toMatchObject({ killGraceMs: 10_000, retry: { limit: 0 } });
  });

  test('knows what is owed: before the point of no return an undo, after it nothing', async () => {
    const plan = await planOf();
    expect(act(plan, 'page-on').undo).toMatchObject({ mode: 'auto', acts: [{ type: 'put' }] });
    expect(act(plan, 'dump').undo).toMatchObject({ mode: 'none', why: 'only reads' });
    expect(act(plan, 'count').undo).toMatchObject({ mode: 'nothing' });
    expect(act(plan, 'open').undo).toMatchObject({
      mode: 'none',
      why: 'It is after the point of no return',
    });
  });

  test('a default of rollback becomes hold after the point of no return', async () => {
    const plan = await planOf(replace('defaults: {', 'defaults: { on_failure: rollback,'));
    expect([act(plan, 'dump').onFailure, act(plan, 'open').onFailure]).toEqual(['rollback', 'hold']);
  });

  test('a default place is for the types that can go there', async () => {
    const plan = await planOf(replace('defaults: {', 'defaults: { run_on: vps,'));
    expect(act(plan, 'dump').act.runOn).toBe('vps');
    expect(act(plan, 'count').act.runOn).toBe('local');
  });
});

describe('digests of a step', () => {
  const digests = async (edit?: (text: string) => string, options?: Partial<LoadOptions>) =>
    act(await planOf(edit, options), 'page-on').digest;

  test.each([
    ['the input', replace('path: /x', 'path: /y')],
    ['the configuration of its place', replace('host: "${{ vars.domain }}"', 'host: other.test')],
    ['a verify', replace('run: [test,', 'run: [test2,')],
  ])('forward: %s', async (_, edit) => {
    const [before, after] = [await digests(), await digests(edit)];
    expect(after.forward).not.toBe(before.forward);
    expect(after).toMatchObject({ undo: before.undo, cosmetic: before.cosmetic });
  });

  test('forward: the content of a file it names', async () => {
    const after = await digests(undefined, { readFile: async () => Buffer.from('other') });
    expect(after.forward).not.toBe((await digests()).forward);
  });

  test('undo: how it is rolled back', async () => {
    const after = await digests(
      replace('    run_on: vps\n', '    run_on: vps\n    rollback: { undo: { none: by hand } }\n'),
    );
    const before = await digests();
    expect(after.undo).not.toBe(before.undo);
    expect(after.forward).toBe(before.forward);
  });

  test.each([
    ['a name', replace('    run_on: vps\n', '    run_on: vps\n    name: Up\n')],
    ['a timeout', replace('timeout: ${{ vars.slow }}', 'timeout: 1m')],
    ['a planned start', replace('at: T-30m', 'at: T-29m')],
  ])('cosmetic: %s', async (_, edit) => {
    const [before, after] = [await digests(), await digests(edit)];
    expect(after.cosmetic).not.toBe(before.cosmetic);
    expect(after).toMatchObject({ forward: before.forward, undo: before.undo });
  });

  test('none: a comment, the order of keys, another spelling of the same duration', async () => {
    const edit = (text: string) =>
      `# Reviewed.\n${replace('with: { path: /x, from: ./page.html }', 'with: { from: ./page.html, path: /x }')(text)}`;
    expect(await digests(edit)).toEqual(await digests());
    expect(await digests(replace('default: 2m', 'default: 120s'))).toEqual(await digests());
  });
});

describe('vars', () => {
  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };

  test('defaults, then files in order, then the command line', async () => {
    const varsFiles = [
      await file('base.yaml', 'domain: base.test\nport: 1\n'),
      await file('rehearsal.yaml', 'port: 2\n'),
    ];
    const plan = await planOf(undefined, { varsFiles, vars: { slow: '3m' } });
    expect(plan.vars).toEqual({ domain: 'base.test', port: 2, slow: '3m' });
    expect(plan.environment).toBe('base+rehearsal');
    expect((await planOf()).environment).toBeNull();
  });

  test('the command line speaks text, whatever the type', async () => {
    expect((await planOf(undefined, { vars: { port: '9090', domain: '1' } })).vars).toMatchObject({
      port: 9090,
      domain: '1',
    });
    const wrong = planOf(undefined, { vars: { port: '9090x', nope: 'x' } });
    const error = await wrong.catch((e: unknown) => e);
    if (!(error instanceof DiagnosticError)) throw error;
    expect(error.diagnostics.map((d) => d.code)).toEqual(['RB315', 'RB316']);
  });

  test('an integer that a number would round is refused, with what to do', async () => {
    const error = await planOf(undefined, { vars: { port: '9007199254740993' } }).catch((e: unknown) => e);
    if (!(error instanceof DiagnosticError)) throw error;
    expect(error.diagnostics).toMatchObject([
      {
        code: 'RB315',
        data: { type: 'a whole number up to 9007199254740991 (use type string for more digits)' },
      },
    ]);
  });
});
