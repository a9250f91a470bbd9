/** `npm run docs`: writes steps/README.md and the schema for editors from what the step types declare. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runbookSchemaText } from '../engine/load/json-schema.ts';
import { registry } from '../steps/index.ts';
import { stepsReadme } from './steps-readme.ts';

const pathOf = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

writeFileSync(pathOf('steps/README.md'), stepsReadme());
// The runbooks name it in their first line.
writeFileSync(pathOf('runbooks/runbook.schema.json'), runbookSchemaText(registry));
