/** The runbooks that teach are read by people first: they must load, by the loader and by an editor's schema. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { runbookJsonSchema } from '../../../engine/load/json-schema.ts';
import { loadRunbook } from '../../../engine/load/load.ts';
import { registry } from '../../../steps/index.ts';

const FOLDER = new URL('../../../runbooks/teaching', import.meta.url).pathname;
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
const schema = z.fromJSONSchema(runbookJsonSchema(registry) as Parameters<typeof z.fromJSONSchema>[0]);

describe.each(names)('%s', (name) => {
  const path = join(FOLDER, name);

  test('loads', async () => {
    const { plan } = await loadRunbook(path, { registry, varsFiles: [], vars: {} });
    expect(plan.name).toBe(name.replace('.yaml', ''));
  });

  test('satisfies the schema for editors', () => {
    expect(schema.safeParse(parse(readFileSync(path, 'utf8'))).error).toBeUndefined();
  });

  test('does not satisfy it with an unknown key', () => {
    const runbook = parse(readFileSync(path, 'utf8'));
    expect(schema.safeParse({ ...runbook, stesp: [] }).success).toBe(false);
    const [first, ...rest] = runbook.steps;
    expect(schema.safeParse({ ...runbook, steps: [{ ...first, wiht: {} }, ...rest] }).success).toBe(false);
  });
});
