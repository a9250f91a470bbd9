/** Completion, hover, definition, symbols and rename, each by the message that an editor sends. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { DocumentSymbol, Location, Range, WorkspaceEdit } from 'vscode-languageserver-protocol';
import { type Editor, head, small, startEditor } from './editor.ts';

let editor: Editor;
beforeAll(async () => {
  editor = startEditor();
  await editor.initialize();
});

/** What is offered at `|`, with the texts that would be inserted. */
const offered = async (marked: string) => {
  const { uri, position } = editor.at(marked);
  return editor.complete(uri, position);
};
const labels = async (marked: string) => (await offered(marked)).map(({ label }) => label);

/** The text after an offer was accepted. */
const accept = async (marked: string, label: string): Promise<string> => {
  const item = (await offered(marked)).find((each) => each.label === label);
  const edit = item?.textEdit as { range: Range; newText: string };
  return applied(marked.replace('|', ''), [edit]);
};

const applied = (text: string, edits: readonly { range: Range; newText: string }[]): string => {
  const rows = text.split('\n');
  for (const { range, newText } of edits.toSorted(
    (a, b) => b.range.start.line - a.range.start.line || b.range.start.character - a.range.start.character,
  )) {
    const row = rows[range.start.line] ?? '';
    rows[range.start.line] = row.slice(0, range.start.character) + newText + row.slice(range.end.character);
  }
  return rows.join('\n');
};

const values = `vars:
  sections: { type: list, items: { name: string, port: int }, default: [{ name: s1, port: 1 }] }
locals:
  first: "\${{ vars.sections[0] }}"
  table: { web: 80, db: 3306 }
`;

describe('completion of names', () => {
  const act = (rest: string) => small(`  - id: last\n    type: command\n${rest}`);
  const gate = (rest: string) => small(`  - id: decide\n    type: gate\n    with:\n${rest}`);

  test.each([
    ['places at run_on', act('    run_on: |'), ['local', 'web']],
    [
      'places at run_on of a check',
      act('    verify:\n      - type: command\n        run_on: w|'),
      ['local', 'web'],
    ],
    [
      'targets of the kind that the type takes',
      small('  - id: last\n    type: mysql.query\n    target: |'),
      ['legacy'],
    ],
    ['the ssh targets at via', small('').replace('via: web', 'via: |'), ['web']],
    [
      'targets that an input names',
      small(
        '  - id: last\n    type: data.compare\n    target: legacy\n    with: { against: |, tables: [{ table: users, key: [id] }] }',
      ),
      ['legacy', 'fresh'],
    ],
    ['steps that a gate may require', gate('      require: [|]'), ['count-users', 'page']],
    [
      'those that it does not require yet',
      gate('      require:\n        - page\n        - |'),
      ['count-users'],
    ],
    ['approvers', gate('      approvers: [lead, |]'), ['deputy']],
    ['vars', act('    with: { run: [echo, "${{ vars.| }}"] }'), ['domain', 'limit']],
    [
      'vars, by what is typed already',
      act('    with: { run: [echo, "${{ 1 + vars.do|"] }'),
      ['domain', 'limit'],
    ],
    [
      'fields of an item of a var',
      `${head}${values}steps:\n  - { id: a, type: command, with: { run: [echo, "\${{ vars.sections[0].|"] } }\n`,
      ['name', 'port'],
    ],
    [
      'locals',
      `${head}${values}steps:\n  - { id: a, type: command, with: { run: [echo, "\${{ locals.|"] } }\n`,
      ['first', 'table'],
    ],
    [
      'fields of a local that is computed',
      `${head}${values}steps:\n  - { id: a, type: command, with: { run: [echo, "\${{ locals.first.|"] } }\n`,
      ['name', 'port'],
    ],
    [
      'fields of a local as it is written',
      `${head}${values}steps:\n  - { id: a, type: command, with: { run: [echo, "\${{ locals.table.|"] } }\n`,
      ['web', 'db'],
    ],
    ['secrets', act('    with: { env: { A: "${{ secrets.| }}" } }'), ['db_password']],
    [
      'fields of run',
      act('    with: { run: [echo, "${{ run.|"] }'),
      ['id', 'name', 't0', 'environment', 'now'],
    ],
    [
      'where an expression begins',
      act('    with: { run: [echo, "${{ | }}"] }'),
      ['vars', 'locals', 'secrets', 'steps', 'run'],
    ],
    [
      'ids inside of the brackets',
      gate(`      criteria: ["steps['|'].output.status == 200"]`),
      ['count-users', 'page'],
    ],
    [
      'what a step has',
      gate(`      criteria: ["steps['page'].|"]`),
      ['output', 'ran', 'started_at', 'settled_at', 'duration_ms'],
    ],
    [
      'inside `when`',
      act(`    when: "steps['page'].|"`),
      ['output', 'ran', 'started_at', 'settled_at', 'duration_ms'],
    ],
    [
      'inside `when` in braces',
      act(`    when: "\${{ steps['page'].| }}"`),
      ['output', 'ran', 'started_at', 'settled_at', 'duration_ms'],
    ],
    ['what an item of its output has', gate(`      criteria: ["steps['page'].output.headers.|"]`), []],
    [
      'what is measured',
      small(
        '  - id: w\n    type: watch\n    with:\n      measure: { type: http.check, with: { url: "https://a.example/" } }\n      interval: 10s\n      count: 3\n      failure_condition: result.du|',
      ),
      ['status', 'duration_ms', 'from', 'address', 'peer_certificate_sha256', 'bytes', 'headers'],
    ],
    [
      'facts in an invariant',
      `${head}facts: { open: true }\nsteps: [{ id: a, type: wait }]\ninvariants:\n  - name: x\n    that: facts.|\n`,
      ['open'],
    ],
    ['values of a key', act('    with: { run: [ls], effects: | }'), ['read', 'write']],
    ['values of a key of the core', act('    on_failure: |'), ['hold', 'rollback', 'continue']],
    [
      'types of a var',
      `${head}vars:\n  a: { type: | }\nsteps: []\n`,
      ['string', 'int', 'bool', 'duration', 'enum', 'list', 'map'],
    ],
    [
      'types of a target',
      `${head}targets:\n  a: { type: | }\nsteps: []\n`,
      expect.arrayContaining(['ssh', 'mysql', 'postgres', 'smtp', 'supabase']),
    ],
    ['nothing in a text', act('    name: Say |'), []],
    ['nothing after an expression', act('    with: { run: [echo, "${{ vars.limit }} |"] }'), []],
  ])('%s', async (_, marked, expected) => {
    expect(await labels(marked)).toEqual(expected);
  });

  test('every type of step, and no kind of the core in a check', async () => {
    expect(await labels(small('  - id: last\n    type: |'))).toEqual(
      expect.arrayContaining(['gate', 'command', 'pm2.reload']),
    );
    const inCheck = await labels(act('    verify: [{ type: | }]'));
    expect(inCheck).toContain('http.check');
    expect(inCheck).not.toContain('gate');
  });

  test('fields of an output, each with its type and what it is', async () => {
    const found = await offered(gate(`      criteria: ["steps['count-users'].output.|"]`));
    expect(found.map(({ label, detail }) => `${label}: ${detail}`)).toEqual(
      expect.arrayContaining(['rows: array', 'row_count: integer']),
    );
  });

  test('keys of the input that are not given yet', async () => {
    const found = await labels(
      small('  - id: last\n    type: http.check\n    with:\n      url: https://a.example/\n      st|'),
    );
    expect(found).toEqual(expect.arrayContaining(['status', 'headers', 'max_ms']));
    expect(found).not.toContain('url');
  });

  test.each([
    [
      'of an input',
      '  - id: last\n    type: http.check\n    with:\n      |\n  - { id: c, type: wait }\n',
      ['url', 'status'],
    ],
    ['of a new step', '  - |', ['id', 'type', 'parallel', 'point_of_no_return']],
    ['of a check', '  - id: last\n    type: command\n    verify:\n      - |', ['type', 'with', 'message']],
  ])('the first key %s', async (_, steps, expected) => {
    expect(await labels(small(steps))).toEqual(expect.arrayContaining(expected));
  });

  test.each(['with: |', 'at: |', 'with: { url: | }'])('no key where a value begins: %s', async (line) => {
    expect(await labels(small(`  - id: last\n    type: http.check\n    ${line}\n`))).toEqual([]);
  });

  test('a step that runs later comes last, with the reason', async () => {
    const marked = small('  - { id: late, type: command, with: { run: [ls] } }').replace(
      '"https://${{ vars.domain }}/"',
      `"\${{ steps['|'] }}"`,
    );
    const found = (await offered(marked)).toSorted((a, b) =>
      (a.sortText ?? '') < (b.sortText ?? '') ? -1 : 1,
    );
    expect(found.map(({ label, detail }) => `${label} ${detail}`)).toEqual([
      'count-users mysql.query',
      'late command: it runs later',
    ]);
  });

  test.each([
    [
      'a dash needs brackets',
      'criteria: ["steps.co| == 1"]',
      'count-users',
      `criteria: ["steps['count-users'].output == 1"]`,
    ],
    [
      'which quote is free depends on YAML',
      "criteria: ['steps.|']",
      'count-users',
      `criteria: ['steps["count-users"].output']`,
    ],
    ['a plain name does not', 'criteria: ["steps.p|"]', 'page', 'criteria: ["steps.page.output"]'],
    [
      'the rest of a word is replaced',
      `criteria: ["steps['pa|gg'].output"]`,
      'page',
      `criteria: ["steps['page'].output"]`,
    ],
    ['in a list', 'require: [count-|x]', 'count-users', 'require: [count-users]'],
  ])('accepted: %s', async (_, marked, label, expected) => {
    const text = gate(`      ${marked}`);
    expect(await accept(text, label)).toBe(gate(`      ${expected}`));
  });

  test('names are still known while a quote is open further up', async () => {
    expect(await labels(act('    with: { run: [echo, "${{ steps.|'))).toEqual(['count-users', 'page']);
  });
});

describe('hover', () => {
  const at = (marked: string) => {
    const { uri, position } = editor.at(marked);
    return editor.hover(uri, position);
  };
  const copy = `  - id: copy
    name: Copy it
    at: T0
    expected: 30s
    type: file.write
    run_on: web
    with: { path: /srv/a, content: "\${{ steps['count-users'].output.row_count }}" }
    rollback: { undo: { none: it is only a copy } }
  - id: decide
    type: gate
    with: { require: [copy], prompt: Go live?, approvers: [lead] }
`;

  test('on the id of a step: what it does, where, and how it is undone', async () => {
    expect(await at(small(copy).replace('id: copy', 'id: co|py'))).toMatchInlineSnapshot(`
      "**copy** · \`file.write\` · T0 · expected 30s

      Copy it

      writes on \`web\` · on failure: hold

      \`\`\`text
      write 44 characters > /srv/a
      \`\`\`

      Undo: none. it is only a copy

      If its outcome is unknown, a person is asked"
    `);
  });

  test('on a local: its value, and what it is computed from', async () => {
    const file = `${head}${values}steps:\n  - { id: a, type: command, with: { run: [echo, "\${{ locals.fi|rst.name }}"] } }\n`;
    expect(await at(file)).toContain(
      '**locals.first**: `{"name":"s1","port":1}`, from `"${{ vars.sections[0] }}"`',
    );
  });

  test('on a name of it in a gate, the same', async () => {
    expect(await at(small(copy).replace('[copy]', '[co|py]'))).toContain(
      '**copy** · `file.write` · T0 · expected 30s',
    );
  });

  test('on its type: what the type is, and the step', async () => {
    const text = await at(small(copy).replace('type: file.write', 'type: file|.write'));
    expect(text).toMatch(/^\*\*file\.write\*\*: /);
    expect(text).toContain('Undo: none. it is only a copy');
  });

  test('on an expression: its type, and what is known of the name', async () => {
    const text = await at(small(copy).replace('output.row_count', 'output.row|_count'));
    expect(text).toBe('CEL: `int`, known once `count-users` has ended');
    expect(await at(small(copy).replace('vars.domain', 'vars.dom|ain'))).toBe(
      'CEL: `string`\n\n---\n\n**vars.domain**: string, no value given here\n\nThe address of the site',
    );
  });

  test.each([
    ['a target', 'target: legacy', 'target: leg|acy', /^\*\*legacy\*\* \(mysql\): app@/],
    ['a place', 'run_on: web', 'run_on: w|eb', /^\*\*web\*\* \(ssh\): deploy@web\.example:22/],
    ['an approver', '[lead]', '[le|ad]', /^\*\*lead\*\*: Cutover lead/],
    [
      'a secret, without its value',
      'secrets.db_password',
      'secrets.db_|password',
      /CEL: a secret[\s\S]*DB_PASSWORD/,
    ],
    ['a key of the input', 'status: 200', 'sta|tus: 200', /status that must come back/],
    ['a key of the step', 'expected: 30s', 'expec|ted: 30s', /planned duration/],
    ['a section', 'approvers:\n', 'appro|vers:\n', /who may answer/],
  ])('on %s', async (_, from, to, expected) => {
    expect(await at(small(copy).replace(from, to))).toMatch(expected);
  });
});

const rowOf = (text: string, location: Location | null): string | undefined =>
  location === null
    ? undefined
    : text.split('\n')[location.range.start.line]?.slice(location.range.start.character);

describe('definition', () => {
  const text = small(`  - parallel:
      - { id: left, type: file.write, run_on: web, with: { path: /a, content: "\${{ vars.limit }}" } }
      - { id: right, type: notify, with: { text: "\${{ steps['count-users'].output.row_count }}", webhook: { url: "\${{ secrets.db_password }}" } } }
  - id: decide
    type: gate
    with: { require: [left], criteria: [steps.page.output.status == 200], prompt: Go?, approvers: [deputy] }
  - point_of_no_return:
      forward_fix: ./fix.md
  - { id: go, type: mysql.query, target: legacy, with: { sql: SELECT 1 } }
`);
  const goTo = async (from: string, to: string, uri?: string) => {
    const place = editor.at(text.replace(from, to), uri);
    return editor.request<Location | null>('textDocument/definition', {
      textDocument: { uri: place.uri },
      position: place.position,
    });
  };

  test.each([
    ['a required step', '[left]', '[le|ft]', 'left, type'],
    ['a step in an expression', "['count-users']", "['count-|users']", 'count-users'],
    ['a step in a criterion', 'steps.page', 'steps.pa|ge', 'page'],
    ['a var', 'vars.limit', 'vars.lim|it', 'limit: {'],
    ['a secret', 'secrets.db_password }}", database', 'secrets.db_pass|word }}", database', 'db_password: {'],
    ['a place', 'run_on: web', 'run_on: w|eb', 'web: {'],
    ['a target', 'target: legacy, with', 'target: leg|acy, with', 'legacy: {'],
    ['the way of a target', 'via: web', 'via: w|eb', 'web: {'],
    ['an approver', '[deputy]', '[dep|uty]', 'deputy: {'],
  ])('%s', async (_, from, to, expected) => {
    expect(rowOf(text, await goTo(from, to))?.startsWith(expected)).toBe(true);
  });

  test('a file that the input of a step names', async () => {
    const marked = small('  - { id: a, type: file.write, with: { path: /a, content_file: ~/pa|ge.html } }');
    const { uri, position } = editor.at(marked, 'file:///srv/runbooks/other.yaml');
    const found = await editor.request<Location | null>('textDocument/definition', {
      textDocument: { uri },
      position,
    });
    expect(found?.uri).toMatch(/^file:.*\/page\.html$/);
    expect(found?.uri).not.toContain('~');
  });

  test('a file that the runbook names, next to it', async () => {
    const found = await goTo('./fix.md', './fi|x.md', 'file:///srv/runbooks/cutover.yaml');
    expect(found?.uri).toBe('file:///srv/runbooks/fix.md');
    expect(await goTo('./fix.md', './fi|x.md')).toBeNull();
  });
});

test('symbols: sections, names, steps with their type, what is inside of a parallel block', async () => {
  const text = small(
    '  - parallel:\n      - { id: left, at: T0, type: wait }\n      - group:\n          - { id: first, type: wait }\n          - { id: then, type: wait }\n  - { id: loop, for_each: [a], group: [{ id: each, type: wait }] }\n  - point_of_no_return: { forward_fix: a.md }\n',
  );
  const { uri } = editor.at(`${text}|`);
  const found = await editor.request<DocumentSymbol[]>('textDocument/documentSymbol', {
    textDocument: { uri },
  });
  const told = ({ name, detail, children }: DocumentSymbol): string =>
    `${name}${detail ? ` (${detail})` : ''}${children?.length ? `: ${children.map(told).join(', ')}` : ''}`;
  expect(found.map(told).slice(2)).toEqual([
    'vars: domain (string), limit (int)',
    'secrets: db_password',
    'targets: web (ssh), legacy (mysql), fresh (postgres)',
    'approvers: lead, deputy',
    'steps: count-users (mysql.query · T-5m), page (http.check), parallel: left (wait · T0), group: first (wait), then (wait), loop (group · for each): each (wait), point_of_no_return',
  ]);
  const inside = ({ range, selectionRange, children }: DocumentSymbol): boolean =>
    selectionRange.start.line >= range.start.line &&
    (children ?? []).every((c) => c.range.end.line <= range.end.line && inside(c));
  expect(found.every(inside)).toBe(true);
});

describe('rename of a step', () => {
  const text = `${head}steps:
  - { id: copy, type: command, with: { run: [ls], effects: read } }
  - id: copy-2
    type: command
    with:
      run: [echo, "copy", "\${{ steps.copy.output.exit_code }}", "🚀 \${{ steps[\\"copy\\"].output.exit_code }}"]
      env: { A: '\${{ steps[''copy''].output.exit_code }}', B: '\${{ steps.copy.output.exit_code }}' }
      effects: read
  - id: decide
    type: gate
    with:
      require: [copy, copy-2]
      criteria:
        - >-
          steps.copy.output.exit_code == 0
          && steps['copy'].output.exit_code == 0
        - "steps['copy-2'].output.exit_code == 0"
`;
  const renameAt = async (marked: string, newName: string) => {
    const { uri, position } = editor.at(marked);
    const where = { textDocument: { uri }, position };
    const range = await editor.request<{ placeholder: string } | null>('textDocument/prepareRename', where);
    const edit = await editor.request<WorkspaceEdit | null>('textDocument/rename', { ...where, newName });
    return {
      placeholder: range?.placeholder,
      text: applied(marked.replace('|', ''), edit?.changes?.[uri] ?? []),
    };
  };

  test.each(['id: co|py,', 'require: [co|py,', 'steps.cop|y.output.exit_code }}",'])(
    'at %s: everywhere, and nothing else',
    async (from) => {
      const renamed = await renameAt(text.replace(from.replace('|', ''), from), 'dump-all');
      expect(renamed.placeholder).toBe('copy');
      expect(renamed.text).toBe(
        text
          .replace('id: copy,', 'id: dump-all,')
          .replace('"${{ steps.copy.', `"\${{ steps['dump-all'].`)
          .replace('[\\"copy\\"]', '[\\"dump-all\\"]')
          .replace("[''copy'']", "[''dump-all'']")
          .replace("B: '${{ steps.copy.", `B: '\${{ steps["dump-all"].`)
          .replace('[copy, copy-2]', '[dump-all, copy-2]')
          .replace('          steps.copy.', "          steps['dump-all'].")
          .replace("steps['copy'].", "steps['dump-all']."),
      );
      editor.open('untitled:renamed', renamed.text);
      expect(await editor.diagnostics('untitled:renamed')).toEqual([]);
    },
  );

  test('a plain name stays without brackets', async () => {
    const renamed = await renameAt(text.replace('id: copy,', 'id: c|opy,'), 'dump');
    expect(renamed.text).toContain('steps.dump.output');
  });

  test.each([
    ['a name that is taken', text.replace('id: copy,', 'id: c|opy,'), 'decide', /already a step "decide"/],
    ['a name that is no id', text.replace('id: copy,', 'id: c|opy,'), 'Copy', /cannot be an id/],
    [
      'an expression that cannot be read',
      text.replace('id: copy,', 'id: c|opy,').replace('== 0\n          &&', '== ='),
      'dump',
      /line 17 cannot be read/,
    ],
    ['another name', small('').replace('domain: {', 'dom|ain: {'), 'host', /Only the id of a step/],
  ])('is refused: %s', async (_, marked, to, why) => {
    await expect(renameAt(marked, to)).rejects.toThrow(why);
  });

  test('there is nothing to rename in a text', async () => {
    const { uri, position } = editor.at(text.replace('"copy"', '"co|py"'));
    expect(
      await editor.request('textDocument/prepareRename', { textDocument: { uri }, position }),
    ).toBeNull();
  });
});

test('references of a step, with and without its own place', async () => {
  const marked = small(
    '  - { id: g, type: gate, with: { require: [page], criteria: [steps.page.output.status == 200] } }',
  ).replace('id: page', 'id: pa|ge');
  const { uri, position } = editor.at(marked);
  const ask = (includeDeclaration: boolean) =>
    editor.request<Location[]>('textDocument/references', {
      textDocument: { uri },
      position,
      context: { includeDeclaration },
    });
  expect(await ask(true)).toHaveLength(3);
  expect(await ask(false)).toHaveLength(2);
});
