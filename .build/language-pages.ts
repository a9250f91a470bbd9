/** The pages of the language: what is generated in docs/language, and their index in runbooks/README.md. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod';
import { type FieldSchema, insideOf, typeName } from '../engine/cli/field-schema.ts';
import { renderDiagnostic } from '../engine/diagnostics/render.ts';
import { template } from '../engine/load/own-types/schema.ts';
import { commonKeys, commonSchema } from '../engine/load/schema/common-keys.ts';
import { defaults, invariant, span, timeline, variable } from '../engine/load/schema/document.ts';
import { lock } from '../engine/load/schema/lock.ts';
import { notify } from '../engine/load/schema/notify.ts';
import { part } from '../engine/load/schema/parts.ts';
import { gate, wait } from '../engine/load/schema/steps.ts';
import { checklist, watch } from '../engine/load/schema/watch.ts';
import { diagnosticsOf, examplesOf, languageDir } from './language-examples.ts';

const fields: Readonly<Record<string, z.ZodType>> = {
  ...Object.fromEntries(commonKeys.map(({ id, keys }) => [id, keys])),
  defaults,
  invariant,
  span,
  var: variable,
  lock,
  notify,
  window: timeline.shape.window,
  part,
  template,
  'gate-with': gate.shape.with,
  'wait-with': wait.shape.with.unwrap(),
  'watch-with': watch.shape.with,
  'checklist-with': checklist.shape.with,
};

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const valueText = (field: FieldSchema): string =>
  `${typeName(field)}${field.default === undefined ? '' : `, default ${JSON.stringify(field.default)}`}`;

/** A key, and below it the keys inside of it. */
const rowsOf = (key: string, field: FieldSchema, isRequired: boolean): readonly string[] => [
  `| \`${key}\`${isRequired ? ' (required)' : ''} | ${cell(valueText(field))} | ${cell(field.description ?? '')} |`,
  ...insideOf(field).flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).flatMap(([name, inner]) =>
      rowsOf(`${key}.${name}`, inner, required.includes(name)),
    ),
  ),
];

/** `<!-- keys: act until every -->`: the named keys, or all. */
const keyTable = (of: string, wanted: readonly string[]): string => {
  const schema = fields[of];
  if (!schema) throw new Error(`no schema "${of}": ${Object.keys(fields).join(', ')}`);
  const { properties = {}, required = [] } = commonSchema(schema) as FieldSchema;
  const unknown = wanted.filter((key) => !(key in properties));
  if (unknown.length > 0) throw new Error(`no key ${unknown.join(', ')} in "${of}"`);
  const rows = Object.entries(properties)
    .filter(([key]) => wanted.length === 0 || wanted.includes(key))
    .flatMap(([key, field]) => rowsOf(key, field, required.includes(key)));
  // A call, or a list of them, has its keys once.
  return ['| key | value | |', '|---|---|---|', ...new Set(rows)].join('\n');
};

const withKeys = (page: string): string =>
  page.replaceAll(
    /^<!-- keys: (\S+)(.*?) -->\n[\s\S]*?<!-- \/keys -->$/gm,
    (_, of: string, wanted: string) =>
      `<!-- keys: ${of}${wanted} -->\n${keyTable(of, wanted.split(' ').filter(Boolean))}\n<!-- /keys -->`,
  );

/** Below each wrong example: what the loader says of it. */
const withAnswers = async (page: string): Promise<string> => {
  let text = page.replaceAll(/(?<=^```\n)\n<!-- says -->\n[\s\S]*?<!-- \/says -->\n/gm, '');
  for (const example of examplesOf(text).filter(({ wrong }) => wrong !== null)) {
    const said = (await diagnosticsOf(example)).map((d) => renderDiagnostic(d, { color: false }));
    const block = `\`\`\`yaml wrong=${example.wrong}\n${example.text}\`\`\`\n`;
    text = text.replace(
      block,
      () => `${block}\n<!-- says -->\n\`\`\`text\n${said.join('\n\n')}\n\`\`\`\n<!-- /says -->\n`,
    );
  }
  return text;
};

/** In the order in which they are read. */
export const pageNames = [
  'timeline',
  'steps',
  'gates',
  'checklists',
  'watches',
  'rollback',
  'values',
  'conditions',
  'loops',
  'parts',
  'polling',
  'locks',
  'spans',
  'notify',
  'step-types',
] as const;

const titleOf = (page: string): string => /^# (.*)$/m.exec(page)?.[1] ?? '';
const summaryOf = (page: string): string => /^# .*\n\n(.*?\.)(?=\s)/.exec(page)?.[1] ?? '';

const runbooksDir = new URL('../runbooks/', import.meta.url).pathname;

const folderRows = (): readonly string[] =>
  readdirSync(runbooksDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted()
    .map((name) => {
      const readme = join(runbooksDir, name, 'README.md');
      return existsSync(readme)
        ? `- [\`${name}/\`](${name}/README.md): ${titleOf(readFileSync(readme, 'utf8'))}`
        : `- [\`${name}/\`](${name}/): ${readdirSync(join(runbooksDir, name))
            .filter((file) => file.endsWith('.yaml'))
            .toSorted()
            .map((file) => `[\`${file}\`](${name}/${file})`)
            .join(', ')}`;
    });

const index = (
  pages: ReadonlyMap<string, string>,
): string => `<!-- Written by \`npm run docs\`. Do not edit: tests/language.test.ts compares it. -->

# Runbooks, and the language they are written in

A page for each concept. Every example of these pages is loaded by a test. An example shows only the sections that it is
about; the others are those of [base.yaml](../docs/language/base.yaml). Each page ends with a mistake and what
\`runbook validate\` says of it.

| page | |
|---|---|
${[...pages].map(([name, page]) => `| [${titleOf(page)}](../docs/language/${name}.md) | ${cell(summaryOf(page))} |`).join('\n')}

\`runbook steps --common\` prints what every step may have, \`runbook steps TYPE\` what a step type takes
([all of them](../steps/README.md)), and \`runbook explain CODE\` what a message means.

The runbooks in this folder:

${folderRows().join('\n')}
`;

/** By path from the root of the repository. */
export const languagePages = async (): Promise<Readonly<Record<string, string>>> => {
  const pages = new Map<string, string>();
  for (const name of pageNames) {
    const page = readFileSync(join(languageDir, `${name}.md`), 'utf8');
    pages.set(name, await withAnswers(withKeys(page)));
  }
  return {
    ...Object.fromEntries([...pages].map(([name, text]) => [`docs/language/${name}.md`, text])),
    'runbooks/README.md': index(pages),
  };
};
