/** What-if as a comment of a pull request: what is broken, then a folded table. */

import { bold, code, list, md, table, text } from '../report/markdown.ts';
import { shellWord } from '../text.ts';
import { offset } from '../words/format.ts';
import { stepRows } from './table.ts';
import type { CounterExample, WhatIf } from './what-if.ts';
import { backWord, endWord, hardStopWord, staysText, summary, undoneText, verdict } from './words.ts';

const example = ({ invariant, that, message, stories, story, lines }: CounterExample): readonly string[] => [
  `### ${text(`Broken: ${invariant}`)}`,
  '',
  md`${code(that)} is false in ${stories} stories. ${text(message ?? '')}`,
  '',
  md`The shortest of them, ${code(`--story ${shellWord(story)}`)}:`,
  '',
  ...list(
    lines.map(({ atMs, text: line, tone }) => {
      const told = md`${text(offset(atMs))} ${text(line)}`;
      return tone === 'plain' ? told : bold(told);
    }),
  ),
  '',
];

const head = ['Step', 'Fault', 'Asked: choice', 'Ends', 'Back by', 'Hard stop', 'Undone', 'What stays'];

export const whatIfMarkdown = (found: WhatIf): string => {
  const rows = stepRows(found).flatMap(({ step, faults }) =>
    faults.flatMap(({ faults: alike, answers }) =>
      answers.map((row, i) => [
        code(step),
        text(i === 0 ? alike.join('; ') : ''),
        text(row.asked.join(', ') || 'nobody'),
        text(endWord[row.end]),
        text(backWord(row.backMs)),
        row.hardStopKept === false ? bold(text('missed')) : text(hardStopWord(row.hardStopKept)),
        text(undoneText(row)),
        text(staysText(row)),
      ]),
    ),
  );
  return `${[
    `## What if: ${text(found.plan.name)}`,
    '',
    bold(text(verdict(found))),
    '',
    ...list(summary(found).map(text)),
    '',
    ...found.broken.flatMap(example),
    '<details><summary>Every single fault, step by step</summary>',
    '',
    ...table(head.map(text), rows),
    '',
    '</details>',
  ].join('\n')}\n`;
};
