/** Remarks in each format that a CI system reads. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { diagnose } from '../../../engine/diagnostic.ts';
import { fromDiagnostics } from '../../../engine/review/from-diagnostics.ts';
import type { Remark } from '../../../engine/review/remark.ts';
import { type RemarkFormat, remarkFormats, shownAs } from '../../../engine/review/shown-as.ts';
import type { ShownOptions } from '../../../engine/review/view.ts';

const lines = ['version: 1', 'name: a', 'steps:', '  - id: dump', '    type: command'];

const options = (over: Partial<ShownOptions> = {}): ShownOptions => ({
  color: false,
  cwd: '/repository/runbooks',
  root: '/repository',
  lineOf: (file, line) => (file === 'a.yaml' ? (lines[line - 1] ?? null) : null),
  ruleOf: (code) =>
    code === 'RB701' ? { title: 'A write without verify', help: '# Why', level: 'warning' } : null,
  version: '1.2.3',
  ...over,
});

const remark = (over: Partial<Remark> = {}): Remark => ({
  code: 'RB701',
  level: 'warning',
  file: 'a.yaml',
  region: { line: 4, col: 9, endCol: 13 },
  step: 'dump',
  message: 'Nothing verifies "dump"',
  remedy: 'Add a verify',
  ...over,
});

const shown = (format: RemarkFormat, remarks: readonly Remark[], over?: Partial<ShownOptions>): string =>
  shownAs(format, remarks, options(over));

const hostile = 'bad: 100 %, a\r\n::error::b\u001b[31m';

test('text underlines the place, and counts', () => {
  const remarks = [
    remark(),
    remark({ code: 'RB750', level: 'error', file: 'gone.yaml', step: null, remedy: null }),
    remark({ level: 'note' }),
    remark({ level: 'note' }),
  ];
  expect(shown('text', remarks)).toMatchInlineSnapshot(`
    "a.yaml:4:9  RB701  warning: Nothing verifies "dump"
       4 |   - id: dump
         |         ^^^^
      Add a verify

    gone.yaml:4:9  RB750  error: Nothing verifies "dump"

    a.yaml:4:9  RB701  note: Nothing verifies "dump"
       4 |   - id: dump
         |         ^^^^
      Add a verify

    a.yaml:4:9  RB701  note: Nothing verifies "dump"
       4 |   - id: dump
         |         ^^^^
      Add a verify

    1 error, 1 warning, 2 notes
    "
  `);
  expect(shown('text', [])).toBe('');
});

test('json has each remark with its fingerprint', () => {
  const { counts, remarks } = JSON.parse(shown('json', [remark()]));
  expect(counts).toEqual({ error: 0, warning: 1, note: 0 });
  expect(remarks).toEqual([{ ...remark(), fingerprint: expect.stringMatching(/^[0-9a-f]{32}:1$/) }]);
});

describe('github', () => {
  test('escapes what would end a property or the message', () => {
    const given = remark({ file: 'x,y:z%.yaml', step: 'a,b', message: hostile, remedy: 'c' });
    expect(shown('github', [given])).toBe(
      '::warning file=runbooks/x%2Cy%3Az%25.yaml,line=4,endLine=4,col=9,endColumn=13,title=RB701 a%2Cb::bad: 100 %25, a%0A::error::b%0Ac\n',
    );
  });

  test('errors come first, since only ten of a level are shown, and the rest is counted', () => {
    const notes = Array.from({ length: 12 }, () => remark({ level: 'note', step: null }));
    const out = shown('github', [...notes, remark({ level: 'error', code: 'RB750' }), remark()])
      .trimEnd()
      .split('\n');
    expect(out.map((line) => /^::(\w+) /.exec(line)?.[1] ?? line)).toEqual([
      'error',
      'warning',
      ...Array.from({ length: 12 }, () => 'notice'),
      '12 notes: GitHub shows the first 10 of them as annotations',
    ]);
  });

  test('a file outside the repository keeps the name it was given', () => {
    expect(shown('github', [remark({ file: '../../etc/a.yaml' })])).toContain('file=../../etc/a.yaml,');
    expect(shown('github', [remark()], { root: null })).toContain('file=a.yaml,');
  });
});

test('code-quality is what GitLab reads', () => {
  const issues = JSON.parse(shown('code-quality', [remark(), remark({ level: 'error', step: null })]));
  expect(issues).toEqual([
    {
      description: 'Nothing verifies "dump". Add a verify',
      check_name: 'RB701',
      fingerprint: expect.any(String),
      severity: 'major',
      location: { path: 'runbooks/a.yaml', lines: { begin: 4 } },
    },
    expect.objectContaining({ severity: 'critical' }),
  ]);
  expect(new Set(issues.map((issue: { fingerprint: string }) => issue.fingerprint)).size).toBe(2);
});

describe('sarif', () => {
  const schemaPath = createRequire(import.meta.url)
    .resolve('@microsoft/jest-sarif')
    .replace(/index\.js$/, 'schemas/sarif-2.1.0-rtm.5.json');
  // zod takes a reference, which may be relative, for a URL.
  const published = readFileSync(schemaPath, 'utf8').replace(/"format": "uri-reference",?/g, '');
  const schema = z.fromJSONSchema(JSON.parse(published.replace(/,(\s*\})/g, '$1')));
  const sample = [
    remark(),
    remark({ code: 'RB750', level: 'error', file: 'ä b/#1.yaml', step: null, message: hostile }),
    remark({ level: 'note', file: '../../outside.yaml', remedy: null }),
  ];

  test.each([['some', sample] as const, ['no', []] as const])(
    'with %s remarks it keeps to the published schema',
    (_, remarks) => {
      expect(schema.safeParse(JSON.parse(shown('sarif', remarks))).error?.issues).toBeUndefined();
    },
  );

  test('the schema of this test refuses what is wrong', () => {
    const log = JSON.parse(shown('sarif', sample));
    log.runs[0].results[0].level = 'fatal';
    expect(schema.safeParse(log).success).toBe(false);
  });

  test('rules have their page, places are relative to the repository', () => {
    const [run] = JSON.parse(shown('sarif', sample)).runs;
    expect(run.tool.driver).toMatchObject({ name: 'runbook', semanticVersion: '1.2.3' });
    expect(run.tool.driver.rules.map((rule: { id: string }) => rule.id)).toEqual(['RB701', 'RB750']);
    expect(run.tool.driver.rules[0]).toMatchObject({
      shortDescription: { text: 'A write without verify' },
      help: { markdown: '# Why' },
      defaultConfiguration: { level: 'warning' },
    });
    expect(run.results[0]).toMatchObject({ ruleId: 'RB701', ruleIndex: 0 });
    expect(run.results[0].locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'runbooks/a.yaml', uriBaseId: '%SRCROOT%' },
      region: { startLine: 4, startColumn: 9, endLine: 4, endColumn: 13 },
    });
    const uris = run.results.map(
      (result: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }) =>
        result.locations[0]?.physicalLocation.artifactLocation.uri,
    );
    expect(uris).toEqual(['runbooks/a.yaml', 'runbooks/%C3%A4%20b/%231.yaml', 'file:///outside.yaml']);
  });
});

describe('a fingerprint', () => {
  const of = (remarks: readonly Remark[], text: readonly string[]): readonly string[] =>
    JSON.parse(shown('json', remarks, { lineOf: (_, line) => text[line - 1] ?? null })).remarks.map(
      (r: { fingerprint: string }) => r.fingerprint,
    );
  const at = (line: number, over: Partial<Remark> = {}) =>
    remark({ region: { line, col: 9, endCol: 13 }, ...over });

  test('stays when lines move, and when the message names one that did', () => {
    const moved = ['# new', '', ...lines.map((line) => `  ${line}`)];
    expect(of([at(6, { message: 'as on line 12' })], moved)).toEqual(
      of([at(4, { message: 'as on line 10' })], lines),
    );
  });

  test.each([
    ['code', at(4, { code: 'RB702' })],
    ['step', at(4, { step: 'other' })],
    ['words', at(4, { message: 'Something else' })],
    ['line', at(5)],
    ['file', at(4, { file: 'b.yaml' })],
  ])('differs by %s', (_, other) => {
    expect(of([other], lines)).not.toEqual(of([at(4)], lines));
  });

  test('equal remarks are numbered by their place, in whatever order they come', () => {
    const text = ['same', 'same'];
    const [second, first] = of([at(2), at(1)], text);
    expect(first?.endsWith(':1')).toBe(true);
    expect(second).toBe(first?.replace(/1$/, '2'));
  });
});

test('diagnostics are errors, at their place or at the top of the file', () => {
  const position = { file: 'a.yaml', line: 4, col: 9, length: 4, sourceLine: lines[3] ?? '' };
  const found = fromDiagnostics(
    [diagnose('RB211', { id: 'dump', firstLine: 3 }, position), diagnose('RB105', { path: 'b.yaml' })],
    'b.yaml',
  );
  expect(found).toEqual([
    expect.objectContaining({
      code: 'RB211',
      level: 'error',
      file: 'a.yaml',
      region: { line: 4, col: 9, endCol: 13 },
      remedy: 'Give each step its own id: the journal and outputs use it',
    }),
    expect.objectContaining({ code: 'RB105', file: 'b.yaml', region: { line: 1, col: 1, endCol: 2 } }),
  ]);
});

test('each format is whole lines, whatever the remarks say', () => {
  for (const format of remarkFormats) {
    const out = shown(format, [remark({ message: hostile })]);
    expect(out.endsWith('\n'), format).toBe(true);
    expect(out, format).not.toContain('\u001b');
  }
});
