/** The server as an editor sees it: diagnostics of unsaved texts, two files at once, its end. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { CodeAction, Diagnostic, InitializeResult } from 'vscode-languageserver-protocol';
import { head, small, startEditor } from './editor.ts';

const root = join(import.meta.dirname, '../../..');

const start = async (settings = {}, params = {}) => {
  const editor = startEditor(settings);
  await editor.initialize(params);
  return editor;
};

const lines = (found: readonly Diagnostic[]) =>
  found.map(
    ({ range, code, message }) =>
      `${range.start.line + 1}:${range.start.character + 1} ${code} ${String(message).split('\n')[0]}`,
  );

const waiting = `${head}steps:\n  - { id: a, type: wait, with: { for: 1s } }\n`;

test('an unsaved file without a path is judged as validate does, and its fixes are offered', async () => {
  const editor = await start();
  editor.open('untitled:1', waiting.replace('wait', 'wiat'));
  const found = await editor.diagnostics('untitled:1');
  expect(lines(found)).toEqual(['4:20 RB206 There is no step type "wiat"']);
  expect(found[0]?.range.end).toEqual({ line: 3, character: 23 });
  const [fix] = await editor.request<CodeAction[]>('textDocument/codeAction', {
    textDocument: { uri: 'untitled:1' },
    range: found[0]?.range,
    context: { diagnostics: found },
  });
  expect(fix?.edit?.changes?.['untitled:1']).toEqual([{ range: found[0]?.range, newText: 'wait' }]);
  editor.change('untitled:1', { range: found[0]?.range as Diagnostic['range'], text: 'wait' });
  expect(await editor.diagnostics('untitled:1')).toEqual([]);
});

test('vars without values are no problem, and what does not depend on them is judged', async () => {
  const editor = await start();
  const text = `${head}vars:
  host: { type: string, required: true }
  commit: { type: string, required: true }
targets:
  web: { type: ssh, host: "\${{ vars.host }}", user: deploy, known_hosts: "\${{ vars.host }}", prot: 22 }
steps:
  - id: out
    type: git.checkout
    run_on: web
    with: { path: "\${{ vars.host }}", commit: "\${{ vars.commit }}", cleen: true }
  - { id: next, type: wait, with: { for: "\${{ vars.hots }}" } }
`;
  editor.open('untitled:1', text);
  expect(lines(await editor.diagnostics('untitled:1'))).toEqual([
    '7:94 RB201 Unknown key "prot" in target "web" (ssh)',
    '12:69 RB201 Unknown key "cleen" in step "out" (git.checkout)',
    '13:52 RB303 There is no var "hots"',
  ]);
});

test.each([['cutover'], ['announce'], ['closing'], ['close-doors']])(
  'the flagship has no problem, with and without a vars file: %s',
  async (name) => {
    const file = join(root, 'runbooks/trading-journal', `${name}.yaml`);
    const uri = pathToFileURL(file).href;
    for (const settings of [{}, name === 'closing' ? {} : { runbook: { vars: 'vars/lab.yaml' } }]) {
      const editor = await start(settings);
      editor.open(uri, readFileSync(file, 'utf8'));
      expect(lines(await editor.diagnostics(uri))).toEqual([]);
    }
  },
);

test('values come from the vars file that the settings name; its problems are at the top', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lsp-'));
  writeFileSync(join(folder, 'lab.yaml'), 'pause: soon\n');
  const uri = pathToFileURL(join(folder, 'new.yaml')).href;
  const editor = await start({}, { initializationOptions: { vars: ['lab.yaml'] } });
  const text = `${head}vars: { pause: { type: duration, required: true } }\nsteps: [{ id: a, type: wait, with: { for: "\${{ vars.pause }}" } }]\n`;
  editor.open(uri, text);
  const found = await editor.diagnostics(uri);
  expect(lines(found)).toEqual([expect.stringMatching(/^1:1 RB315 .*lab\.yaml:1: /)]);
  writeFileSync(join(folder, 'lab.yaml'), 'pause: 5m\n');
  editor.change(uri, { text: `${text}# saved\n` });
  expect(await editor.diagnostics(uri)).toEqual([]);
});

test('a vars file that is not there is said once, and does not make every var missing', async () => {
  const editor = await start({ runbook: { vars: 'nowhere.yaml' } });
  editor.open('untitled:1', small(''));
  expect(lines(await editor.diagnostics('untitled:1'))).toEqual([expect.stringMatching(/^1:1 RB101 /)]);
});

test('columns count as UTF-16 does, also after an emoji and in a file with CRLF', async () => {
  const editor = await start();
  editor.open('untitled:1', `${head}steps:\r\n  - { id: a, name: "🚀🚀", tpye: wait, type: wait }\r\n`);
  const [found] = await editor.diagnostics('untitled:1');
  expect(found?.range).toEqual({ start: { line: 3, character: 27 }, end: { line: 3, character: 31 } });
});

test('broken YAML and half a file are answered, whatever is asked', async () => {
  const editor = await start();
  const whole = small('  - id: last\n    type: wait\n');
  for (const [i, text] of [
    `${head}steps:\n  - id: a\n   type: wait\n\t- x`,
    `${head}steps: [`,
    `${head}steps: {a: &x [*x]}`,
    `${head}steps:\n  - "\${{ vars.`,
    `${head}steps:\n  - *no`,
    `${head}steps:\n---\n`,
    'version: 1\nsteps:',
    'version: 1\nsteps:\n- ? [a]\n  : b\n- <<: {id: 1}\n- !!x y\n- __proto__: {}\n- - - -',
    'version: 1\nsteps: 1\nvars: 2\ntargets: []\napprovers: x\ndefaults: 7\nfacts: y\ninvariants: {}\n',
    ...[0.2, 0.4, 0.6, 0.8, 0.9, 0.95].map((part) => `${whole.slice(0, whole.length * part)}\nsteps:`),
  ].entries()) {
    const uri = `untitled:${i}`;
    editor.open(uri, text);
    expect(await editor.diagnostics(uri), text).not.toEqual([]);
    const rows = text.split('\n');
    for (const [line, row] of rows.entries())
      for (const character of [0, Math.floor(row.length / 2), row.length]) {
        const position = { line, character };
        await editor.complete(uri, position);
        await editor.hover(uri, position);
        for (const method of ['definition', 'prepareRename'])
          await editor.request(`textDocument/${method}`, { textDocument: { uri }, position });
      }
    await editor.request('textDocument/documentSymbol', { textDocument: { uri } });
  }
});

test('a YAML file of another kind gets no diagnostics and no completion', async () => {
  const editor = await start();
  editor.open('untitled:k8s', 'apiVersion: v1\nkind: Pod\nspec:\n  type: \n');
  expect(await editor.diagnostics('untitled:k8s')).toEqual([]);
  expect(await editor.complete('untitled:k8s', { line: 3, character: 8 })).toEqual([]);
});

test('two files at once are kept apart; a closed one loses its diagnostics', async () => {
  const editor = await start();
  editor.open('untitled:1', waiting);
  editor.open('untitled:2', waiting.replace('id: a', 'id: A'));
  expect(await editor.diagnostics('untitled:1')).toEqual([]);
  expect(lines(await editor.diagnostics('untitled:2'))).toEqual([expect.stringContaining('RB210')]);
  const cleared = new Promise<unknown>((done) => {
    editor.connection.onNotification('textDocument/publishDiagnostics', done);
  });
  await editor.connection.sendNotification('textDocument/didClose', { textDocument: { uri: 'untitled:2' } });
  expect(await cleared).toEqual({ uri: 'untitled:2', diagnostics: [] });
});

test('only the latest of several quick changes is judged', async () => {
  const editor = await start();
  editor.open('untitled:1', waiting);
  for (const id of ['B', 'C', 'd'])
    editor.change('untitled:1', { text: waiting.replace('id: a', `id: ${id}`) });
  expect(await editor.diagnostics('untitled:1')).toEqual([]);
});

test('a file of 5,000 lines is answered while one types', async () => {
  const editor = await start();
  const step = (i: number) =>
    `  - id: s${i}\n    type: command\n    with:\n      run: [echo, "\${{ steps['s${i - 1}'].output.exit_code }}"]\n      effects: read\n`;
  const steps = Array.from({ length: 1000 }, (_, i) =>
    i === 0 ? step(0).replace(/"\$.*"/, '"0"') : step(i),
  );
  const text = `${head}steps:\n${steps.join('')}`;
  const uri = 'untitled:long';
  editor.open(uri, text);
  expect(await editor.diagnostics(uri)).toEqual([]);
  const line = text.split('\n').findIndex((row) => row.includes("steps['s900']"));
  const position = { line, character: 33 };
  const before = performance.now();
  const found = await editor.complete(uri, position);
  const took = performance.now() - before;
  expect(found.map(({ label }) => label)).toContain('s899');
  // Generous: two busy cores share it with other tests. Alone it takes 0.1 s.
  expect(took).toBeLessThan(2500);
});

test('it says what it can do', async () => {
  const editor = startEditor();
  const { capabilities, serverInfo } = (await editor.initialize()) as InitializeResult;
  expect(serverInfo?.name).toBe('runbook');
  expect(Object.keys(capabilities).sort()).toEqual([
    'codeActionProvider',
    'completionProvider',
    'definitionProvider',
    'documentSymbolProvider',
    'hoverProvider',
    'referencesProvider',
    'renameProvider',
    'textDocumentSync',
  ]);
});

test('exit code 0 after a shutdown, 1 without one, and 1 if the editor dies', async () => {
  const proper = await start();
  await proper.request('shutdown', {});
  await proper.connection.sendNotification('exit');
  expect(await proper.ended).toBe(0);
  const rude = await start();
  await rude.connection.sendNotification('exit');
  expect(await rude.ended).toBe(1);
  const dead = await start();
  dead.hangUp();
  expect(await dead.ended).toBe(1);
});
