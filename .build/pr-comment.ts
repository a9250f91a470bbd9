/** The comment that a reviewer of a careless pull request would get: README shows its beginning, docs/ all of it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diffMarkdown } from '../engine/diff/markdown.ts';
import { diffRunbook, type Version } from '../engine/diff/runbook-diff.ts';
import { flagshipDir, flagshipPlanOf } from './flagship-docs.ts';

/** Each looks harmless as a line of `git diff`. */
const edits: readonly (readonly [was: string, is: string])[] = [
  [
    'sets: { frozen: true }\n    rollback: { expected: 5s }',
    'sets: { frozen: true }\n    rollback: { undo: { none: not needed } }',
  ],
  ['[backups-whole, etl, compare,', '[backups-whole, etl,'],
  ['expect: { value: 15 }', 'expect: { value: 12 }'],
  ['--silent, "db:push"]', '--silent, "db:push", --, --accept-data-loss]'],
];

const edited = (text: string): string =>
  edits.reduce((so, [was, is]) => {
    if (so.split(was).length !== 2) throw new Error(`not once in the flagship: ${was}`);
    return so.replace(was, is);
  }, text);

const versionOf = async (label: string, source: string): Promise<Version> => {
  const dir = mkdtempSync(join(tmpdir(), 'pr-comment-'));
  try {
    writeFileSync(join(dir, 'cutover.yaml'), source);
    return {
      label,
      plan: await flagshipPlanOf(join(dir, 'cutover.yaml')),
      problems: [],
      source,
      textOf: () => null,
      policies: [],
      policyProblems: [],
      missing: [],
      notes: [],
    };
  } finally {
    rmSync(dir, { recursive: true });
  }
};

export const prComment = async (): Promise<string> => {
  const path = 'runbooks/trading-journal/cutover.yaml';
  const was = readFileSync(`${flagshipDir}cutover.yaml`, 'utf8');
  const [before, after] = [
    await versionOf(`main:${path}`, was),
    await versionOf(`faster:${path}`, edited(was)),
  ];
  const runbook = diffRunbook(path, before, after, { whatIf: 'always' });
  return diffMarkdown({ base: 'main', head: 'faster', runbooks: [runbook] });
};

/** What is not folded, as a quotation. */
export const firstScreen = (comment: string): string =>
  (comment.split('<details>')[0] ?? '')
    .trim()
    .split('\n')
    .map((line) => `> ${line.replace(/^(#+) (.*)$/, '**$2**')}`.trim())
    .join('\n');

/** The quotation between its marks. */
export const withFirstScreen = (readme: string, comment: string): string =>
  readme.replace(
    /(<!-- pr-comment -->\n)[\s\S]*?(\n<!-- \/pr-comment -->)/,
    (_, begin: string, end: string) => `${begin}${firstScreen(comment)}${end}`,
  );
