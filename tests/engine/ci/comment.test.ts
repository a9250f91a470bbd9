/** The text of the comment: never too long, and never broken by what was cut off. */
import { expect, test } from 'vitest';
import { commentOf, markerOf } from '../../../engine/ci/comment.ts';

const limit = 65_536;
const long = (line: string, n: number) => Array.from({ length: n }, () => line).join('\n');

test('begins with its marker; a folded part shows its title', () => {
  const sections = [
    { title: null, body: '# Diff\n', folded: false },
    { title: 'Lint: a < b', body: 'x', folded: true },
    { title: 'Lint *', body: 'x', folded: false },
  ];
  expect(commentOf('k', sections, 'more')).toBe(
    `${markerOf('k')}\n\n# Diff\n\n<details><summary>Lint: a &#60; b</summary>\n\nx\n\n</details>\n\n## Lint \\*\n\nx\n\nmore\n`,
  );
});

test.each([
  ['text', long('word word', 20_000), ''],
  ['a picture', `# T\n\n\`\`\`mermaid\n${long('a --> b', 20_000)}\n\`\`\`\nafter`, '\n```'],
  ['a longer fence', `\`\`\`\`\n\`\`\`\n${long('x', 60_000)}\n\`\`\`\`\n`, '\n````'],
  ['a folded part', `<details><summary>s</summary>\n\n${long('x', 60_000)}\n\n</details>`, '\n\n</details>'],
])('too long %s is cut at a line, and closed', (_, body, end) => {
  const comment = commentOf('k', [{ title: null, body, folded: false }], 'more');
  expect(comment.length).toBeLessThanOrEqual(limit);
  expect(comment.length).toBeGreaterThan(limit - 2_000);
  expect(comment).toContain(`${end}\n\n**Parts were left out: the comment would be too long.**\n\nmore\n`);
});

test('a part that does not fit is left out, a shorter one after it is not', () => {
  const comment = commentOf(
    'k',
    [
      { title: null, body: long('x', 32_100), folded: false },
      { title: 'Plan a', body: long('y', 1_000), folded: true },
      { title: 'Plan b', body: 'z', folded: true },
    ],
    null,
  );
  expect(comment.length).toBeLessThanOrEqual(limit);
  expect(comment).not.toContain('Plan a');
  expect(comment).toContain('Plan b');
});
