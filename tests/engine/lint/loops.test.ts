import { expect, test } from 'vitest';
import { codesAt, linted } from './linted.ts';

const pushes = (comment = '') => `steps:
  - id: push
    for_each: [a, b, c]
    type: command
    with:
      run: [git, push, --force, "\${{ each }}"]${comment}
      effects: read
  - id: all
    for_each: [x, y]
    group:
      - { id: push, type: command, with: { run: [git, push, --force], effects: read } }`;

test('a remark on a step of a loop is told once, where the loop is written', async () => {
  expect(await codesAt(pushes())).toEqual([
    expect.stringMatching(/^RB720 6:/),
    expect.stringMatching(/^RB720 11:/),
  ]);
  const { remarks } = await linted(pushes());
  expect(remarks.map(({ step }) => step)).toEqual(['push[a]', 'all[x]/push']);
});

test('one comment accepts it for all items, and it is needed', async () => {
  expect(await codesAt(pushes(' # runbook-ignore RB720: the mirrors are ours'))).toEqual([
    expect.stringMatching(/^RB720 11:/),
  ]);
});
