/** The runbooks that teach are read by people first: they must load. json-schema-in-editor.test.ts has them in an editor. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadRunbook } from '../../../engine/load/load.ts';
import { registry } from '../../../steps/index.ts';

const FOLDER = new URL('../../../runbooks/teaching', import.meta.url).pathname;

test.each(readdirSync(FOLDER).filter((name) => name.endsWith('.yaml')))('%s loads', async (name) => {
  const { plan } = await loadRunbook(join(FOLDER, name), { registry, varsFiles: [], vars: {} });
  expect(plan.name).toBe(name.replace('.yaml', ''));
});
