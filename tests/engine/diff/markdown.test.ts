import { expect, test } from 'vitest';
import type { Change, Danger } from '../../../engine/diff/change.ts';
import { diffMarkdown } from '../../../engine/diff/markdown.ts';
import type { DiffReport } from '../../../engine/diff/runbook-diff.ts';

const change = (i: number, danger: Danger, text = 'x'): Change => ({
  kind: 'input',
  danger,
  step: `step-${i}`,
  what: 'with.a',
  before: `${text} ${i}`,
  after: `${text} after ${i}`,
  reason: `Reason ${i}`,
});

const report = (changes: readonly Change[]): DiffReport => ({
  base: 'main',
  head: 'HEAD',
  runbooks: [{ file: 'a.yaml', before: null, after: null, changes, times: null, answers: [], notes: [] }],
});

test('what does not fit into a comment is left out, the least dangerous first, and counted', () => {
  const many = Array.from({ length: 3_000 }, (_, i) =>
    change(i, i % 10 === 0 ? 'high' : 'low', 'é'.repeat(20)),
  );
  const content = diffMarkdown(report(many));
  expect(Buffer.byteLength(content)).toBeLessThanOrEqual(65_536);
  expect(content.match(/Reason \d+/g)?.length).toBeGreaterThan(300);
  for (let i = 0; i < 3_000; i += 10) expect(content).toContain(`Reason ${i}<br>`);
  expect(content).toMatch(/\*\*\d+ changes left out, the least dangerous/);
  expect(content.match(/<details>/g)?.length).toBe(content.match(/<\/details>/g)?.length);
});

test('no text becomes markup', () => {
  const evil = '</details> <img src=x> [a](http://x.example) # | @team';
  const content = diffMarkdown(
    report([{ ...change(1, 'high', evil), what: evil, reason: evil, step: null }]),
  );
  const outside = content.replace(/(`+)[\s\S]*?\1/g, '');
  expect(outside).not.toMatch(/<img|<\/details>|(?<!\\)\]\(http/);
});

test('the fence of lines is longer than any in them', () => {
  const lines = [
    { op: '-' as const, text: '```' },
    { op: '+' as const, text: '````' },
  ];
  expect(diffMarkdown(report([{ ...change(1, 'high'), lines }]))).toContain(
    '    `````diff\n    - ```\n    + ````\n    `````',
  );
});

test('points of one step stand together, and what a change causes stands below it', () => {
  const content = diffMarkdown(
    report([
      { ...change(1, 'high'), what: 'with.run' },
      change(2, 'high'),
      {
        ...change(3, 'high'),
        step: null,
        cause: 'step-1',
        what: 'breaks "it is open"',
        kind: 'what-if',
        after: '--story a:fails',
      },
    ]),
  );
  expect(content).toContain(
    [
      '- **`step-1`**',
      '  - **its command**: Reason 1<br>`x 1` → `x after 1`',
      '  - **so the invariant "it is open" is broken**: Reason 3<br>one of them: `runbook what-if a.yaml --story a:fails`',
      '- **`step-2`**',
    ].join('\n'),
  );
});

test('a step whose change breaks something comes before the others of its danger', () => {
  const broken = { ...change(3, 'high'), step: null, cause: 'step-2' };
  const content = diffMarkdown(report([change(1, 'high'), change(2, 'high'), broken]));
  expect(content.indexOf('`step-2`')).toBeLessThan(content.indexOf('`step-1`'));
  expect(content.indexOf('Reason 2')).toBeLessThan(content.indexOf('Reason 3'));
});

test('the same change at many places is one point', () => {
  const same = Array.from({ length: 20 }, (_, i) => ({
    ...change(i, 'medium'),
    what: i % 2 === 0 ? 'timeout' : 'verify: timeout',
    before: '2m',
    after: '6m',
    reason: 'Later',
  }));
  const content = diffMarkdown(report([...same, change(30, 'medium')]));
  expect(content).toContain(
    '- **time limit (timeout)** at 20 places: step-0, step-1, step-2, step-3, step-4, step-5, step-6, step-7 and 12 more: Later<br>`2m` → `6m`',
  );
  expect(content.match(/Later/g)).toHaveLength(1);
  expect(content).toContain('Reason 30');
});
