/** What-if on a terminal: what is broken first, then the table per step. */
import { shellWord } from '../text.ts';
import { clean, offset } from '../words/format.ts';
import { type AnswerRow, stepRows } from './table.ts';
import type { Line } from './tell.ts';
import type { CounterExample, WhatIf } from './what-if.ts';
import { backWord, endWord, hardStopWord, staysText, summary, undoneText, verdict } from './words.ts';

const asked = (row: AnswerRow): string => row.asked.join(', ') || 'nobody is asked';

const answerLine = (row: AnswerRow): string => {
  const { end, backMs, hardStopKept, undone, broken } = row;
  const parts = [
    undone.length > 0 ? `undone: ${undoneText(row)}` : '',
    staysText(row),
    broken.length > 0 ? `BROKEN: ${broken.join('; ')}` : '',
  ].filter((part) => part !== '');
  const cells = [asked(row).padEnd(32), endWord[end].padEnd(11), backWord(backMs).padEnd(11)];
  return `    ${cells.join('  ')}  ${hardStopWord(hardStopKept).padEnd(6)}  ${parts.join('; ')}`.trimEnd();
};

export const storyLines = (lines: readonly Line[]): readonly string[] =>
  lines.map(({ atMs, text, tone }) => {
    const mark = tone === 'plain' ? ' ' : '>';
    return `  ${mark} ${offset(atMs).padEnd(11)} ${clean(text)}`;
  });

const example = ({ invariant, that, message, stories, story, lines }: CounterExample): readonly string[] => [
  `BROKEN: ${invariant} (in ${stories} stories)`,
  `  ${that}`,
  ...(message === null ? [] : [`  ${message}`]),
  `  the shortest: --story ${shellWord(story)}`,
  ...storyLines(lines),
  '',
];

export const whatIfText = (found: WhatIf): string => {
  const head = ['    ASKED: CHOICE'.padEnd(36), 'ENDS'.padEnd(11), 'BACK BY'.padEnd(11), 'HARD STOP'].join(
    '  ',
  );
  const steps = stepRows(found).flatMap(({ step, atMs, faults }) => [
    `${step}${atMs === null ? '' : `  ${offset(atMs)}`}`,
    ...faults.flatMap(({ faults: alike, answers }) => [
      ...alike.map((each) => `  ${each}`),
      ...answers.map(answerLine),
    ]),
    '',
  ]);
  return `${[
    `what-if of ${found.plan.name}`,
    ...summary(found).map((line) => `  ${line}`),
    '',
    ...found.broken.flatMap(example),
    head,
    ...steps,
    verdict(found),
  ]
    .map(clean)
    .join('\n')}\n`;
};
