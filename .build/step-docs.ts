/** `npm run docs`: writes what is made from declarations and runbooks, each file where it belongs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { flagshipDir, flagshipDocs } from './flagship-docs.ts';
import { stepsReadme } from './steps-readme.ts';

writeFileSync(fileURLToPath(new URL('../steps/README.md', import.meta.url)), stepsReadme());
for (const [name, text] of Object.entries(await flagshipDocs())) writeFileSync(join(flagshipDir, name), text);
