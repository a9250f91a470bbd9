/** What-if finds by itself what was planted into copies of the cutover, and nothing in the cutover as it is. */
import { describe, expect, test } from 'vitest';
import { whatIf } from '../../../engine/what-if/what-if.ts';
import { planOfText } from './flagship.ts';

const ask = async (edit: (written: string) => string = (written) => written) =>
  whatIf(await planOfText('cutover.yaml', edit), { pairs: 40, seed: 1 });

/** Where the text of a step begins and ends: with its own `- id:` line, and before the next entry or comment. */
const blockOf = (written: string, id: string): readonly [number, number] => {
  const from = written.search(new RegExp(`^ {2}- id: ${id}\\b(?!-)`, 'm'));
  if (from < 0) throw new Error(`the cutover has no step ${id}`);
  const length = written.slice(from + 1).search(/^ {2}(- |#)/m);
  return [from, length < 0 ? written.length : from + 1 + length];
};

/** Every match must be there, or the plant is none. */
const inBlock =
  (id: string, ...changes: readonly (readonly [RegExp, string])[]) =>
  (written: string): string => {
    const [from, to] = blockOf(written, id);
    const block = changes.reduce(
      (text, [find, put]) => {
        if (!text.match(find)) throw new Error(`${id} has no ${find}`);
        return text.replace(find, put);
      },
      written.slice(from, to),
    );
    return written.slice(0, from) + block + written.slice(to);
  };

const moveBefore =
  (id: string, before: string) =>
  (written: string): string => {
    const [from, to] = blockOf(written, id);
    const block = written.slice(from, to).replace(/^ {4}at: .*\n/m, '');
    const rest = written.slice(0, from) + written.slice(to);
    const [at] = blockOf(rest, before);
    return rest.slice(0, at) + block + rest.slice(at);
  };

const both =
  (...edits: readonly ((written: string) => string)[]) =>
  (written: string): string =>
    edits.reduce((text, edit) => edit(text), written);

const noUndo = 'rollback: { undo: { none: an administrator does it } }\n';
const dropUndo = (id: string) => inBlock(id, [/rollback: \{ expected: \S+ \}\n/, noUndo]);
const passOver = inBlock('go-no-go', [/require: \[.*\]/, 'require: [sign-in]']);
const goesOn = (id: string) => inBlock(id, [/^ {4}name: .*\n/m, '$&    on_failure: continue\n']);

interface Planted {
  readonly says: string;
  readonly edit: (written: string) => string;
  /** Invariants that must be found broken; others may be as well. */
  readonly breaks: readonly string[];
  /** Lines of the story of the first of them, in this order: the step is named in one of them. */
  readonly story: readonly string[];
}

const planted: readonly Planted[] = [
  {
    says: 'a rollback that leaves the database account locked',
    edit: dropUndo('freeze'),
    breaks: ['a rollback leaves everything as it was', 'the old app is open only with a writable database'],
    story: ['facts: frozen: true', 'freeze: stays as it is', 'BROKEN'],
  },
  {
    says: 'a site that opens with the old app stopped: nothing starts it again',
    edit: dropUndo('stop-app'),
    breaks: ['an open site has one app behind it'],
    story: ['facts: old_app: false', 'stop-app: stays as it is', 'facts: maintenance: false', 'BROKEN'],
  },
  {
    says: 'a site that opens with the old app stopped: it is undone in the wrong order',
    edit: moveBefore('stop-app', 'maintenance-on'),
    breaks: ['an open site has one app behind it'],
    story: ['facts: old_app: false', 'BROKEN'],
  },
  {
    says: 'a gate that is passed by silence',
    edit: inBlock('go-no-go', [
      /^ {6}(prompt|approvers|min_approvals|timeout|on_timeout|allow_unattended):.*\n/gm,
      '',
    ]),
    breaks: ['no answer is not a go'],
    story: ['gate go-no-go: go', 'BROKEN', 'the point of no return is crossed'],
  },
  {
    says: 'an app that did not start, and a gate that no longer asks for it',
    edit: both(goesOn('start-new'), passOver),
    breaks: ['a success serves the new app', 'an open site has one app behind it'],
    story: ['FAULT  start-new', 'start-new: failed, the run continues', 'open-doors', 'BROKEN'],
  },
  {
    says: 'a copy that is taken while users still write',
    edit: moveBefore('freeze', 'still-frozen'),
    breaks: ['what was moved is frozen at its source'],
    story: ['facts: moved: true', 'BROKEN', 'etl: done'],
  },
  {
    says: 'a comparison that fails, and that nobody waits for',
    edit: both(
      goesOn('compare'),
      passOver,
      inBlock('go-no-go', [/^ {8}- steps\['compare'\].*\n/m, '']),
      inBlock('team-told', [/\$\{\{ steps\['compare'\]\.output\.rows \}\} rows/, 'All rows']),
    ),
    breaks: ['no return only with a proven backup and compared data'],
    story: [
      'FAULT  compare',
      'compare: failed, the run continues',
      'the point of no return is crossed',
      'BROKEN',
    ],
  },
  {
    says: 'a release that no rollback points back',
    edit: dropUndo('switch'),
    breaks: ['a rollback leaves everything as it was'],
    story: ['facts: release: new', 'switch: stays as it is', 'BROKEN'],
  },
  {
    says: 'a step that does not fit into the maintenance window',
    edit: inBlock('etl', [/expected: 5m/, 'expected: 45m'], [/timeout: 20m/, 'timeout: 90m']),
    breaks: ['as planned, the hard stop is kept'],
    story: ['HELD (window): etl: after this step, a rollback may end after the hard stop', 'BROKEN'],
  },
];

/** Whether the texts stand in the lines, in this order. */
const isTold = (lines: readonly { readonly text: string }[], texts: readonly string[]): boolean => {
  const left = [...texts];
  for (const { text } of lines) if (left[0] !== undefined && text.includes(left[0])) left.shift();
  return left.length === 0;
};

test('the cutover as it is breaks nothing, over every single fault', { timeout: 120_000 }, async () => {
  const found = await ask();
  expect(found.broken).toEqual([]);
  expect(found.proven).toHaveLength(9);
  // Nothing was proven by not being reached.
  expect(found.faults.filter(({ stories }) => stories.length === 0)).toEqual([]);
  expect(found.pairs.met).toBeGreaterThan(0);
  expect(found.asPlanned.ending).toMatchObject({ end: 'succeeded', hardStopKept: true, asked: [] });
});

describe.each(planted)('$says', ({ edit, breaks, story }) => {
  test('is found and told', { timeout: 120_000 }, async () => {
    const { broken } = await ask(edit);
    expect(broken.map(({ invariant }) => invariant)).toEqual(expect.arrayContaining([...breaks]));
    const first = broken.find(({ invariant }) => invariant === breaks[0]);
    const lines = first?.lines ?? [];
    expect(isTold(lines, story), lines.map(({ text }) => text).join('\n')).toBe(true);
    // Read in one go, by somebody who is tired.
    expect(lines.length).toBeLessThan(40);
  });
});
