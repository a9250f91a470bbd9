/** `npm run docs`: writes what is made from declarations and runbooks, each file where it belongs. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runbookSchemaText } from '../engine/load/json-schema.ts';
import { registry } from '../steps/index.ts';
import { flagshipDocs } from './flagship-docs.ts';
import { languagePages } from './language-pages.ts';
import { prComment, withFirstScreen } from './pr-comment.ts';
import { stepsReadme } from './steps-readme.ts';

const pathOf = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

writeFileSync(pathOf('steps/README.md'), stepsReadme());
// The runbooks name it in their first line.
writeFileSync(pathOf('runbooks/runbook.schema.json'), runbookSchemaText(registry));
for (const [name, text] of Object.entries(await languagePages())) writeFileSync(pathOf(name), text);
for (const [name, text] of Object.entries(await flagshipDocs()))
  writeFileSync(pathOf(`runbooks/trading-journal/${name}`), text);
const comment = await prComment();
writeFileSync(pathOf('docs/pr-comment.md'), comment);
writeFileSync(pathOf('README.md'), withFirstScreen(readFileSync(pathOf('README.md'), 'utf8'), comment));
