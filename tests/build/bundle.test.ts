/** What the package ships: bundled, split, and able to do all that the source can. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const run = promisify(execFile);
const root = new URL('../..', import.meta.url).pathname;
const dir = mkdtempSync(join(tmpdir(), 'runbook-dist-'));
const dist = join(dir, 'dist');
const bin = join(dist, 'runbook.js');

/** Without the repository's node_modules: whatever is not in the bundle is missing. */
const runbook = (...args: string[]) => run(process.execPath, [bin, ...args], { cwd: dir });

beforeAll(async () => {
  await run(process.execPath, [join(root, '.build', 'bundle.ts'), dist], { cwd: root });
  // The published package declares its type; the folder of this test has to.
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('the command is executable and knows its version', async () => {
  expect(statSync(bin).mode & 0o111).toBe(0o111);
  expect((await run(bin, ['--version'])).stdout).toBe(`${manifest.version}\n`);
});

test('it carries a run out with nothing but itself', async () => {
  const page = join(dir, 'page.txt');
  writeFileSync(
    join(dir, 'small.yaml'),
    `version: 1
name: small
steps:
  - { id: on, name: On, type: file.write, with: { path: ${page}, content: closed } }
  - { id: look, name: Look, type: command, with: { run: [cat, ${page}], effects: read } }
  - { id: off, name: Off, type: file.remove, with: { path: ${page} } }
`,
  );
  expect((await runbook('validate', 'small.yaml')).stdout).toContain('small is valid: 3 steps');
  expect((await runbook('exec', 'small.yaml')).stdout).toMatch(/^succeeded /);
  expect((await runbook('runs')).stdout).toContain('succeeded');
  expect((await runbook('steps', 'mysql.dump')).stdout).toContain('mysql.dump (version');
});

test('it has the parsers that tell a read from a write', async () => {
  writeFileSync(
    join(dir, 'reads.yaml'),
    `version: 1
name: reads
secrets: { p: { env: P } }
targets:
  m: { type: mysql, host: 127.0.0.1, user: a, password: "\${{ secrets.p }}", database: d }
  g: { type: postgres, host: 127.0.0.1, user: a, password: "\${{ secrets.p }}", database: d }
steps:
  - { id: m, type: mysql.query, target: m, with: { sql: KILL 5 } }
  - { id: g, type: postgres.query, target: g, with: { sql: VACUUM } }
`,
  );
  const { stderr } = (await runbook('validate', 'reads.yaml').catch((error: unknown) => error)) as {
    stderr: string;
  };
  expect(stderr.match(/RB245 {2}Not a read.*/g)).toEqual([
    'RB245  Not a read in step "m" (mysql.query): KILL is no read',
    'RB245  Not a read in step "g" (postgres.query): VACUUM is no read',
  ]);
});

describe('every chunk loads outside the repository', () => {
  test('clients, screens and the rest', async () => {
    const chunks = readdirSync(join(dist, 'chunks')).filter((name) => name.endsWith('.js'));
    expect(chunks.length).toBeGreaterThan(20);
    const script = `for (const name of ${JSON.stringify(chunks)}) await import(${JSON.stringify(join(dist, 'chunks/'))} + name);`;
    await run(process.execPath, ['--input-type=module', '-e', script], { cwd: dir });
  });
});

test('an older Node is told what is needed, and imports nothing that it lacks', async () => {
  const old = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})`;
  const ended = run(process.execPath, ['--import', old, bin, 'runs']);
  await expect(ended).rejects.toMatchObject({
    code: 2,
    stdout: '',
    stderr: 'runbook needs Node >= 22.13; this is 20.20.2\n',
  });
  const named = readFileSync(bin, 'utf8').match(/^import \{.*/gm);
  expect(named).toEqual(['import { hostname, userInfo } from "node:os";']);
});

test('the version is answered from the first file alone', async () => {
  const trace = `data:text/javascript,import{registerHooks}from'node:module';registerHooks({load(u,c,n){if(u.startsWith('file:'))console.error(u.split('/').pop());return n(u,c)}})`;
  const { stderr } = await run(process.execPath, ['--import', trace, bin, '--version']);
  expect(stderr.trim()).toBe('runbook.js');
});
