/** The schema in the server that most editors use for YAML: no false error, and help where it is needed. */
import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cursorIn, type LspClient, lspClient } from '../../support/lsp-client.ts';

const root = resolve(import.meta.dirname, '../../..');
const runbooks = globSync('runbooks/*/*.yaml', { cwd: root }).sort();

/** Beside the schema's own folder, as the runbooks of the repository are. */
const uriOf = (name: string): string => pathToFileURL(join(root, 'runbooks/editor', name)).href;
const modeline = '# yaml-language-server: $schema=../runbook.schema.json\n';
const head = `${modeline}version: 1\nname: small\n`;

let client: LspClient;
let stop: () => Promise<void>;
let opened = 0;

beforeAll(async () => {
  const server = spawn(
    process.execPath,
    [join(root, 'node_modules/yaml-language-server/bin/yaml-language-server'), '--stdio'],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = new Promise<void>((done) => server.once('exit', () => done()));
  client = lspClient(
    { input: server.stdout, output: server.stdin },
    { yaml: { validate: true, hover: true, completion: true, schemaStore: { enable: false }, schemas: {} } },
  );
  await client.initialize();
  stop = async () => {
    await client.connection.sendRequest('shutdown');
    await client.connection.sendNotification('exit');
    await ended;
  };
});
afterAll(() => stop());

const problemsOf = async (text: string): Promise<readonly string[]> => {
  const uri = uriOf(`${opened++}.yaml`);
  client.open(uri, text);
  const found = await client.diagnostics(uri);
  return found.map(({ range, message }) => `${range.start.line + 1}: ${message}`);
};

const complete = async (marked: string) => {
  const { text, position } = cursorIn(marked);
  const uri = uriOf(`${opened++}.yaml`);
  client.open(uri, text);
  return client.complete(uri, position);
};
const labels = async (marked: string): Promise<readonly string[]> =>
  (await complete(marked)).map(({ label }) => label);

const hover = (marked: string): Promise<string | null> => {
  const { text, position } = cursorIn(marked);
  const uri = uriOf(`${opened++}.yaml`);
  client.open(uri, text);
  return client.hover(uri, position);
};

describe('a runbook of this repository has no problem', () => {
  test.each(runbooks)('%s', async (file) => {
    const text = readFileSync(join(root, file), 'utf8');
    expect(await problemsOf(text.startsWith(modeline) ? text : modeline + text)).toEqual([]);
  });
});

test('an expression may be any value that the loader fills in', async () => {
  const text = `${head}timeline: { window: { hard_stop: "\${{ vars.stop }}" } }
defaults: { timeout: "\${{ vars.limit }}", on_failure: "\${{ vars.policy }}" }
targets:
  db: { type: postgres, host: "\${{ vars.h }}", port: "\${{ vars.p }}", user: u, database: d, tls: { mode: "\${{ vars.m }}" } }
steps:
  - id: count
    at: "\${{ vars.at }}"
    type: postgres.query
    target: db
    with: { sql: SELECT $1, params: "\${{ vars.list }}", max_rows: "\${{ vars.n }}", effects: "\${{ vars.e }}" }
    retry: { limit: "\${{ vars.n }}" }
`;
  expect(await problemsOf(text)).toEqual([]);
});

describe('what is wrong is reported', () => {
  const step = (rest: string) => `${head}steps:\n  - id: a\n${rest.replaceAll(/^/gm, '    ')}\n`;
  test.each([
    [
      'a value of another type',
      step('type: http.check\nwith: { url: "https://a.example/", max_ms: soon }'),
      /^7: /,
    ],
    [
      'an unknown value',
      step('type: command\nwith: { run: [ls], effects: wrties }'),
      /^7: .*"read", "write"/,
    ],
    ['a misspelt key of the input', step('type: command\nwith: { run: [ls], efects: read }'), /^7: .*efects/],
    ['a misspelt key of the step', step('type: command\nwith: { run: [ls] }\nexpectd: 5m'), /^8: .*expectd/],
    ['a missing key of the input', step('type: http.check\nwith: { status: 200 }'), /^7: .*"url"/],
    ['a missing input', step('type: http.check'), /^5: .*"with"/],
    ['a missing target', step('type: mysql.query\nwith: { sql: SELECT 1 }'), /^5: .*"target"/],
    ['an unknown type', step('type: comand\nwith: { run: [ls] }'), /^6: .*"command"/],
    ['a misspelt key of a wait', step('type: wait\nwith: { for: 2m, fro: 2m }'), /^7: .*fro/],
    [
      'a kind of the core as a check',
      step('type: command\nwith: { run: [ls] }\nverify: [{ type: gate }]'),
      /^8: /,
    ],
    [
      'a gate in a parallel block',
      `${head}steps:\n  - parallel:\n      - { id: g, type: gate, with: {} }\n`,
      /^6: /,
    ],
    [
      'an expression in a text that is used as written',
      step('type: command\nwith: { run: "ls ${{ vars.x }}" }'),
      /^7: /,
    ],
    ['an unknown section', `${head}step: []\nsteps: [{ id: a, type: wait }]\n`, /^4: .*step/],
    [
      'a target without its keys',
      `${head}targets: { db: { type: mysql, database: d } }\nsteps: [{ id: a, type: wait }]\n`,
      /^4: .*"user"/,
    ],
  ])('%s', async (_, text, what) => {
    const problems = await problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(what);
  });
});

describe('completion', () => {
  test('offers every type of step at `type:`', async () => {
    const found = await labels(`${head}steps:\n  - id: a\n    type: |\n`);
    expect(found).toEqual(
      expect.arrayContaining(['command', 'gate', 'mysql.query', 'checklist', 'wait', 'watch']),
    );
  });

  test('offers no kind of the core where only a step type may be', async () => {
    const found = await labels(`${head}steps:\n  - parallel:\n      - id: a\n        type: |\n`);
    expect(found).toContain('mysql.query');
    expect(found).not.toContain('gate');
  });

  test('offers the keys of the input that the type takes', async () => {
    const found = await labels(
      `${head}steps:\n  - id: a\n    type: mysql.query\n    target: db\n    with:\n      |\n`,
    );
    expect(found).toEqual(expect.arrayContaining(['sql', 'params', 'expect', 'effects', 'probe']));
    expect(found).not.toContain('url');
  });

  test.each(['preconditions', 'verify'])('offers them in `%s` as well', async (key) => {
    const found = await labels(
      `${head}steps:\n  - id: a\n    type: wait\n  - id: b\n    type: command\n    with: { run: [ls] }\n    ${key}:\n      - type: http.check\n        with:\n          |\n`,
    );
    expect(found).toEqual(expect.arrayContaining(['url', 'status', 'body_contains']));
  });

  test('offers the values of a key', async () => {
    const found = await labels(
      `${head}steps:\n  - id: a\n    type: command\n    with:\n      run: [ls]\n      effects: |\n`,
    );
    expect(found).toEqual(expect.arrayContaining(['read', 'write']));
  });

  test('offers the keys of a target by its type', async () => {
    const found = await labels(`${head}targets:\n  db:\n    type: mysql\n    |\nsteps: []\n`);
    expect(found).toEqual(expect.arrayContaining(['host', 'user', 'database', 'via']));
    expect(found).not.toContain('known_hosts');
  });

  test('offers a whole new step', async () => {
    const found = await complete(`${head}steps:\n  - |\n`);
    const gate = found.find(
      ({ label, insertText }) => label === 'gate' && insertText?.includes('min_approvals') === false,
    );
    expect(gate?.insertText).toContain('prompt: ');
    expect(found.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['parallel', 'point_of_no_return', 'watch']),
    );
  });
});

describe('hover', () => {
  test.each([
    ['a key of the step', 'exp|ected: 5m', /planned duration/],
    ['a key of the input', 'with: { r|un: [ls] }', /argv|list/],
    ['the input itself', 'wi|th: { run: [ls] }', /Runs a command/],
    ['a type', 'type: com|mand', /Runs a command/],
  ])('%s', async (_, line, what) => {
    const type = line.startsWith('type') ? '' : '    type: command\n';
    expect(await hover(`${head}steps:\n  - id: a\n${type}    ${line}\n`)).toMatch(what);
  });
});
