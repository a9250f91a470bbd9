import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stepsReadme } from '../.build/steps-readme.ts';

test('steps/README.md is what the step types declare now (npm run docs writes it)', () => {
  const written = readFileSync(join(import.meta.dirname, '../steps/README.md'), 'utf8');
  expect(written).toBe(stepsReadme());
});
