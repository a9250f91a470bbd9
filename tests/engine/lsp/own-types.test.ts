/** The own step types of a draft: completion of their names and inputs, hover, and what is wrong with them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { cursorIn } from '../../support/lsp-client.ts';
import { startEditor } from './editor.ts';

const template = `description: Sets a flag of the app
input:
  flag: { type: string, description: name of the flag }
  on: bool
run: { type: command, with: { run: [flag, "\${{ input.flag }}", "\${{ input.on }}"], capture: json } }
output: { was: "\${{ result.exit_code }}" }
`;

const runbook = (types: string, steps: string): string =>
  `version: 1\nname: own\nstep_types:\n${types}steps:\n${steps}`;

const useEditor = async () => {
  const dir = mkdtempSync(join(tmpdir(), 'own-types-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  mkdirSync(join(dir, 'types/dns'), { recursive: true });
  writeFileSync(join(dir, 'types/flag.yaml'), template);
  writeFileSync(join(dir, 'types/dns/index.js'), "throw new Error('an editor runs no code');");
  const editor = startEditor();
  await editor.initialize();
  const uri = pathToFileURL(join(dir, 'own.yaml')).href;
  return { dir, editor, uri };
};

const flag = '  app.flag: ./types/flag.yaml\n';

test.each([
  ['its name', runbook(flag, '  - id: a\n    type: app.|'), 'app.flag'],
  ['the keys of its input', runbook(flag, '  - id: a\n    type: app.flag\n    with:\n      f|'), 'flag'],
  [
    'the fields of its output',
    runbook(
      flag,
      '  - { id: a, type: app.flag, with: { flag: x, on: true } }\n  - { id: b, type: command, with: { run: [echo, "${{ steps[\'a\'].output.|"] } }',
    ),
    'was',
  ],
  [
    'the name of a module, whose code is not run',
    runbook('  dns.record: ./types/dns\n', '  - id: a\n    type: dns|'),
    'dns.record',
  ],
])('completion of %s', async (_, marked, label) => {
  const { editor, uri } = await useEditor();
  const { text, position } = cursorIn(marked);
  editor.open(uri, text);
  expect((await editor.complete(uri, position)).map((item) => item.label)).toContain(label);
});

test('hover tells what it does', async () => {
  const { editor, uri } = await useEditor();
  const { text, position } = cursorIn(
    runbook(flag, '  - { id: a, type: app.|flag, with: { flag: x, on: true } }\n'),
  );
  editor.open(uri, text);
  const hover = await editor.request('textDocument/hover', { textDocument: { uri }, position });
  expect(JSON.stringify(hover)).toContain('Sets a flag of the app');
});

test('what is wrong with a step or with its type is shown, and once the type is saved, judged again', async () => {
  const { dir, editor, uri } = await useEditor();
  const rollback = 'rollback: { undo: { none: a test } }';
  editor.open(
    uri,
    runbook(flag, `  - { id: a, type: app.flag, with: { flga: x, on: true }, ${rollback} }\n`),
  );
  expect((await editor.diagnostics(uri)).map(({ code }) => code)).toEqual(['RB201']);
  writeFileSync(
    join(dir, 'types/flag.yaml'),
    template.replace('flag: {', 'flga: {').replace('input.flag', 'input.flga'),
  );
  await editor.connection.sendNotification('textDocument/didSave', { textDocument: { uri } });
  await expect.poll(() => editor.diagnostics(uri)).toEqual([]);
});
