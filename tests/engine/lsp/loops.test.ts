/** Loops and groups in an editor: each is there once, as it is written. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { DocumentSymbol, Range, WorkspaceEdit } from 'vscode-languageserver-protocol';
import { type Editor, head, startEditor } from './editor.ts';

let editor: Editor;
beforeAll(async () => {
  editor = startEditor();
  await editor.initialize();
});

const text = `${head}vars:
  sections: { type: list, items: { name: string, host: string }, default: [{ name: s1, host: a }, { name: s2, host: b }] }
steps:
  - id: sections
    for_each: "\${{ vars.sections }}"
    key: "\${{ each.name }}"
    mode: parallel
    group:
      - { id: ro, type: command, with: { run: [ssh, "\${{ each.host }}"], effects: read } }
      - { id: look, type: command, with: { run: [echo, "\${{ steps.ro.output.stdout }}"], effects: read } }
  - { id: all, for_each: [x, y], type: command, with: { run: [echo, "\${{ each }}"], effects: read } }
  - { id: go, type: gate, with: { require: [sections, "sections[s1]/ro"], criteria: ["steps['sections/ro'].items['s1'].output.exit_code == 0"] } }
`;
/** The text with the cursor after the first `before`. */
const at = (before: string): string => text.replace(before, `${before}|`);

test('has no problem', async () => {
  editor.open('untitled:fine.yaml', text);
  expect(await editor.diagnostics('untitled:fine.yaml')).toEqual([]);
});

describe('completion', () => {
  const labels = async (marked: string): Promise<readonly string[]> => {
    const { uri, position } = editor.at(marked);
    return (await editor.complete(uri, position)).map(({ label }) => label);
  };

  test('of the fields of each, in the loop and in a step of its group', async () => {
    expect(await labels(at('key: "${{ each.'))).toEqual(['name', 'host']);
    expect(await labels(at('ssh, "${{ each.'))).toEqual(['name', 'host']);
  });

  test('of each itself, in a loop only', async () => {
    expect(await labels(text.replace('"${{ each }}"', '"${{ | }}"'))).toContain('each');
    expect(await labels(text.replace('criteria: ["steps', 'criteria: ["|'))).not.toContain('each');
  });

  test('of the keys of a group and of its steps', async () => {
    const open = `${head}steps:\n  - id: one\n    group:\n      - id: a\n        type: command\n        |\n    `;
    expect(await labels(open)).toContain('verify');
    expect(await labels(open.replace('        |\n    ', '    |'))).toEqual(
      expect.arrayContaining(['for_each', 'key', 'mode', 'batch']),
    );
  });
});

test('hover shows the steps that a loop makes', async () => {
  const { uri, position } = editor.at(at("steps['sections/r"));
  expect(await editor.hover(uri, position)).toContain('2 steps: `sections[s1]/ro`');
  const name = editor.at(at('require: [sect'));
  expect(await editor.hover(name.uri, name.position)).toContain(
    '4 steps: `sections[s1]/ro`, `sections[s1]/look`, `sections[s2]/ro`, `sections[s2]/look`',
  );
  const each = editor.at(at('ssh, "${{ each.h'));
  expect(await editor.hover(each.uri, each.position)).toContain('for each item of the loop');
});

test('the outline has the loop once, with the steps of its group', async () => {
  const { uri } = editor.at(`${text}|`);
  const found = await editor.request<DocumentSymbol[]>('textDocument/documentSymbol', {
    textDocument: { uri },
  });
  const told = ({ name, detail, children }: DocumentSymbol): string =>
    `${name}${detail ? ` (${detail})` : ''}${children?.length ? `: ${children.map(told).join(', ')}` : ''}`;
  expect(found.map(told).at(-1)).toBe(
    'steps: sections (group · for each): ro (command), look (command), all (command · for each), go (gate)',
  );
});

test('a step of a loop is renamed in its full names, too', async () => {
  const { uri, position } = editor.at(at('id: r'));
  const edit = await editor.request<WorkspaceEdit | null>('textDocument/rename', {
    textDocument: { uri },
    position,
    newName: 'read-only',
  });
  const rows = text.split('\n');
  const edits = (edit?.changes?.[uri] ?? []) as readonly { range: Range; newText: string }[];
  for (const { range, newText } of edits.toSorted(
    (a, b) => b.range.start.character - a.range.start.character,
  )) {
    const row = rows[range.start.line] ?? '';
    rows[range.start.line] = row.slice(0, range.start.character) + newText + row.slice(range.end.character);
  }
  expect(rows.join('\n')).toBe(
    text
      .replace('id: ro,', 'id: read-only,')
      .replace('steps.ro.', "steps['read-only'].")
      .replace('[s1]/ro', '[s1]/read-only')
      .replace('sections/ro', 'sections/read-only'),
  );
});
