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
    '  `````diff\n  - ```\n  + ````\n  `````',
  );
});
