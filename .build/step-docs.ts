/** `npm run docs`: writes steps/README.md from what the step types declare. Given a path, writes it there. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stepsReadme } from './steps-readme.ts';

const file = process.argv[2] ?? fileURLToPath(new URL('../steps/README.md', import.meta.url));
writeFileSync(file, stepsReadme());
