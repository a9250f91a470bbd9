import { globSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { parseDocument, stringify } from 'yaml';
import { DiagnosticError } from '../../../engine/diagnostic.ts';
import { formatYaml } from '../../../engine/format/format.ts';
import { commentsOf } from '../../../engine/format/layout.ts';
import { fc } from '../../support/property.ts';
import { seed, seeded } from '../../support/seed.ts';

const root = resolve(import.meta.dirname, '../../..');
const ours = globSync('runbooks/**/*.yaml', { cwd: root }).sort();
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const fmt = (text: string): string => formatYaml(text, 'x.yaml');
const meaning = (text: string): unknown => parseDocument(text).toJS();

/** undefined: an error. */
const reads = (text: string): unknown => {
  const doc = parseDocument(text);
  return doc.errors.length > 0 ? undefined : doc.toJS();
};

test('there are runbooks and vars files to look at', () => {
  expect(ours.map((file) => basename(file))).toEqual(
    expect.arrayContaining(['cutover.yaml', 'first.yaml', 'lab.yaml']),
  );
});

test.each(ours)('%s is formatted', (file) => {
  expect(fmt(read(file))).toBe(read(file));
});

/** The same file as another author, or another program, would have written it. */
const otherHands: Readonly<Record<string, (text: string) => string>> = {
  'wide indents': (text) =>
    text.replace(/^( +)(- )?/gm, (_, spaces, dash) => spaces + spaces + (dash ? '-   ' : '')),
  'blank lines in a row': (text) => `\n\n${text.replace(/\n\n/g, '\n\n  \n\n')}\n \n`,
  'lists beside their key': (text) => parseDocument(text).toString({ indentSeq: false, lineWidth: 0 }),
  'the printer of the library': (text) => parseDocument(text).toString({ indent: 4, lineWidth: 60 }),
  'tight flow collections': (text) =>
    parseDocument(text).toString({ flowCollectionPadding: false, lineWidth: 0, singleQuote: true }),
  'CRLF line ends': (text) => text.replaceAll('\n', '\r\n'),
};

test.each(Object.entries(otherHands))(
  'every file of ours, written with %s: same values and comments, stable',
  (_name, write) => {
    for (const file of ours) {
      const other = write(read(file));
      const once = fmt(other);
      expect(meaning(once), file).toEqual(meaning(read(file)));
      expect(commentsOf(once.replaceAll('\r', '')), file).toEqual(commentsOf(other.replaceAll('\r', '')));
      expect(fmt(once), file).toBe(once);
    }
  },
);

test.each(['wide indents', 'blank lines in a row', 'CRLF line ends'])(
  'every file of ours, written with %s: formatted, it is the file of ours again',
  (name) => {
    for (const file of ours) {
      const text = read(file);
      const back = fmt(otherHands[name]?.(text) ?? '');
      expect(name.startsWith('CRLF') ? back.replaceAll('\r\n', '\n') : back, file).toBe(text);
    }
  },
);

test('any values, with comments anywhere: nothing is lost, and a second time changes nothing', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9_ ]{0,8}[a-z0-9]$/);
  const text = fc.oneof(word, fc.string(), fc.constant('a: b #c'), fc.constant('it\'s "so"'));
  const leaf = fc.oneof(
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.constant('one\n  two\n\nthree\n'),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(word, tie('value'), { maxKeys: 4 }),
    ),
  }));
  const style = fc.record({
    indent: fc.integer({ min: 1, max: 6 }),
    indentSeq: fc.boolean(),
    lineWidth: fc.constantFrom(0, 20, 80),
    singleQuote: fc.boolean(),
    flowCollectionPadding: fc.boolean(),
    collectionStyle: fc.constantFrom('any' as const, 'flow' as const),
  });
  const places = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 8 }), fc.boolean()), { maxLength: 6 });
  fc.assert(
    fc.property(
      fc.dictionary(word, value, { minKeys: 1, maxKeys: 4 }),
      style,
      places,
      (data, as, comments) => {
        let source = stringify(data, as);
        // The printer of the library breaks some texts.
        fc.pre(isDeepStrictEqual(reads(source), data));
        for (const [at, indent, own] of comments) {
          const lines = source.split('\n');
          const i = at % lines.length;
          if (own) lines.splice(i, 0, `${' '.repeat(indent)}# c${at}`);
          else lines[i] += ` # c${at}`;
          const wanted = lines.join('\n');
          // Inside a text it would be no comment.
          if (isDeepStrictEqual(reads(wanted), data)) source = wanted;
        }
        const once = fmt(source);
        expect(meaning(once)).toEqual(data);
        expect(commentsOf(once)).toEqual(commentsOf(source));
        expect(fmt(once)).toBe(once);
        expect(once).not.toMatch(/[^\n]\n\n\n+[^\n ]|\n\n$/);
      },
    ),
    { numRuns: 300 },
  );
});

test('comments at odd spots stay beside what they are about', () => {
  expect(
    fmt(`

# before the first key
version: 1   # trailing, far away
name:    # of the run
    odd
steps:
- # beside a dash
  id: 'one'
  type:   wait
  with: {for: 1s,   # inside a flow map
    }

  # after the last key of a step
# before the next step, at the edge
-   id: two

    type: wait


    # about with
    with: {
      for: 2s # why
      , }
    # end of two
  # end of steps
# after the last key


`),
  ).toMatchInlineSnapshot(`
    "# before the first key
    version: 1 # trailing, far away
    name: # of the run
      odd
    steps:
      - # beside a dash
        id: "one"
        type: wait
        with: { for: 1s, # inside a flow map
        }

        # after the last key of a step
      # before the next step, at the edge
      - id: two

        type: wait

        # about with
        with: {
          for: 2s # why
          , }
        # end of two
      # end of steps
    # after the last key
    "
  `);
});

test('quotes, blocks and expressions', () => {
  expect(
    fmt(String.raw`a: 'plain enough'
b: 'with "double" quotes'
c: 'it''s'
d: "${'${{'} vars.x }}"
e: '\d+'
f: |
      six spaces
        and two more

      a blank line before
g: >-

    folded


h: |2
    two more than needed
i: |+
  kept

j: [a,b , "c" ]
k: {}
l: [ ]
m: { n: [ {o: p} ] }
q: two
   lines

   of text
`),
  ).toMatchInlineSnapshot(`
    "a: "plain enough"
    b: 'with "double" quotes'
    c: "it's"
    d: "\${{ vars.x }}"
    e: '\\d+'
    f: |
      six spaces
        and two more

      a blank line before
    g: >-

      folded

    h: |2
        two more than needed
    i: |+
      kept

    j: [a, b, "c"]
    k: {}
    l: []
    m: { n: [{ o: p }] }
    q: two
      lines

      of text
    "
  `);
});

test('the head of a step comes in the order of the documentation, with its comments', () => {
  expect(
    fmt(`version: 1
name: x
steps:
  - type: command # the type
    with: { type: x, id: y }
    # about the time
    at: T0

    # about the id
    # in two lines
    id: one # the id
    timeout: 1m
    description: >-
      two
      lines

  - parallel:
      - on_failure: hold
        type: wait
        id: two
  - point_of_no_return: { forward_fix: ./f.md }
  - { type: wait, id: three }
`),
  ).toMatchInlineSnapshot(`
    "version: 1
    name: x
    steps:
      # about the id
      # in two lines
      - id: one # the id
        description: >-
          two
          lines
        # about the time
        at: T0
        type: command # the type
        with: { type: x, id: y }
        timeout: 1m

      - parallel:
          - on_failure: hold
            type: wait
            id: two
      - point_of_no_return: { forward_fix: ./f.md }
      - { type: wait, id: three }
    "
  `);
});

test('steps in any order of their keys: the same values, the same comments', () => {
  const random = seeded(seed);
  for (const file of ours) {
    const doc = parseDocument(read(file));
    const steps = doc.get('steps') as { items?: { items?: unknown[] }[] } | undefined;
    for (const step of steps?.items ?? []) step.items?.sort(() => random() - 0.5);
    const other = doc.toString({ lineWidth: 0 });
    const once = fmt(other);
    expect(meaning(once), `${file}, seed ${seed}`).toEqual(meaning(read(file)));
    expect(commentsOf(once), `${file}, seed ${seed}`).toEqual(commentsOf(other));
    expect(fmt(once), `${file}, seed ${seed}`).toBe(once);
  }
});

test('keys named like those of a step stay in their order elsewhere', () => {
  const vars = 'type: x\nid: y\nname: z\nsteps:\n  - type: a\n    id: b\n';
  expect(fmt(vars)).toBe(vars);
});

test.each([
  ['[a,b]\n', '[a, b]\n'],
  ['{a: [b]}\n', '{ a: [b] }\n'],
  ['---   # c\na:   1\n...\n', '--- # c\na: 1\n...\n'],
  ['- a\n-   b:  1\n    c: 2\n', '- a\n- b: 1\n  c: 2\n'],
  ['a:\n  -\n    - 3\n', 'a:\n  - - 3\n'],
  ['a: "x\\\n   y"\n', 'a: "x\\\n  y"\n'],
  ['a: 1 #c\n#d', 'a: 1 #c\n#d\n'],
  [
    'version: 1\nsteps:\n- type: |+\n    a\n\n  id: b\n',
    'version: 1\nsteps:\n  - type: |+\n      a\n\n    id: b\n',
  ],
  [
    'version: 1\nsteps:\n- type: |\n    a\n\n  id: b\n',
    'version: 1\nsteps:\n  - id: b\n    type: |\n      a\n',
  ],
])('%j is written %j', (text, wanted) => {
  expect(fmt(text)).toBe(wanted);
  expect(fmt(wanted)).toBe(wanted);
});

test('CRLF stays; a mix becomes LF', () => {
  expect(fmt('a:  1\r\nb: |\r\n    text\r\n')).toBe('a: 1\r\nb: |\r\n  text\r\n');
  expect(fmt('a:  1\r\nb: 2\n')).toBe('a: 1\nb: 2\n');
});

const codesOf = (text: string): readonly string[] => {
  try {
    fmt(text);
    return [];
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.map(({ code, position }) => `${code}:${position?.line}`);
  }
};

test.each([
  ['a: [1\n', 'RB107:2'],
  ['a: 1\n\tb: 2\n', 'RB108:2'],
  ['a: &x 1\n', 'RB110:1'],
  ['a: 1\na: 2\n', 'RB109:2'],
  ['a: 1\n---\nb: 2\n', 'RB106:2'],
  ['# x\r\n? a\r\n: 1\r\n', 'RB687:2'],
])('%j is refused: %s', (text, code) => {
  expect(codesOf(text)).toEqual([code]);
});

test('two thousand steps with their keys in another order', () => {
  const steps = Array.from({ length: 2000 }, (_, i) => `- type: wait\n  id: s${i} # ${i}\n`).join('');
  const lines = fmt(`version: 1\nname: x\nsteps:\n${steps}`).split('\n');
  expect(lines.slice(3, 5)).toEqual(['  - id: s0 # 0', '    type: wait']);
  expect(lines.slice(-3)).toEqual(['  - id: s1999 # 1999', '    type: wait', '']);
});
