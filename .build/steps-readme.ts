/** The step reference as Markdown: the same text as `runbook steps TYPE`, all types on one page. */
import { commonReference } from '../engine/cli/common-reference.ts';
import { coreReference, stepReference } from '../engine/cli/step-reference.ts';
import { coreKinds } from '../engine/load/schema/core-kinds.ts';
import type { AnyStepType } from '../engine/step.ts';
import { registry } from '../steps/index.ts';

const intro = `<!-- Written by \`npm run docs\` from the declarations. Do not edit: tests/steps-readme.test.ts compares it. -->

# Step types

One folder is one step type: \`mysql.dump\` is in \`steps/mysql-dump/\`. \`step.ts\` declares it (input, output, examples,
what it may do) and \`acts.ts\` does the work. \`_targets/\`, \`_kits/\` and \`_work/\` are shared. CONTRIBUTING.md says how to
add a type; \`runbook steps TYPE\` prints the same texts as this page.
`;

const firstSentence = (text: string): string => /^.*?[.;](?= |$)/s.exec(text)?.[0].replace(/;$/, '.') ?? text;

const anchor = (type: string): string => type.toLowerCase().replaceAll(/[^\w-]/g, '');

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const row = (...cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

const effects = (type: AnyStepType): string =>
  [...new Set(type.examples.map((example) => type.effects(type.input.parse(example.with))))]
    .sort()
    .join(' or ');

const typeRow = (type: AnyStepType): string =>
  row(
    `[\`${type.type}\`](#${anchor(type.type)})`,
    firstSentence(type.summary),
    effects(type),
    type.places.join(', '),
    type.targets.join(', ') || '-',
    type.undoes ? 'yes' : '-',
    type.onUnknown === 'rerun' ? 'run again' : 'ask',
  );

const section = (type: string, reference: string): string =>
  `## ${type}\n\n\`\`\`text\n${reference.trimEnd()}\n\`\`\`\n`;

export const stepsReadme = (): string => {
  const types = [...registry.steps.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
  const columns = ['type', 'what it does', 'effects', 'runs on', 'target', 'own undo', 'outcome unknown'];
  return [
    intro,
    [row(...columns), row(...columns.map(() => '---')), ...types.map(typeRow)].join('\n'),
    '',
    'Of the engine itself:',
    '',
    ...coreKinds.map(({ type, summary }) => `- [\`${type}\`](#${anchor(type)}): ${firstSentence(summary)}`),
    '',
    '## What every step may have',
    '',
    '`runbook steps --common` prints it.',
    '',
    `\`\`\`text\n${commonReference().trimEnd()}\n\`\`\`\n`,
    ...types.map((type) => section(type.type, stepReference(type))),
    ...coreKinds.map((kind) => section(kind.type, coreReference(kind))),
  ].join('\n');
};
