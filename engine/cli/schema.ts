/** `runbook schema`. */
import { runbookSchemaText } from '../load/json-schema.ts';
import { givenRegistry } from './given.ts';
import type { Handler } from './spec.ts';

export const schema: Handler = async (host, input) => {
  host.stdout.write(runbookSchemaText(await givenRegistry(host, input)));
  return 0;
};
