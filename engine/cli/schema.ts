/** `runbook schema`. */
import { runbookSchemaText } from '../load/json-schema.ts';
import type { Handler } from './spec.ts';

export const schema: Handler = async (host) => {
  host.stdout.write(runbookSchemaText(await host.loadRegistry()));
  return 0;
};
