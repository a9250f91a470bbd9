/** `runbook schema`. */
import { runbookJsonSchema } from '../load/json-schema.ts';
import type { Handler } from './spec.ts';

export const schema: Handler = async (host) => {
  const registry = await host.loadRegistry();
  host.stdout.write(`${JSON.stringify(runbookJsonSchema(registry), null, 2)}\n`);
  return 0;
};
