/** What `resume` needs to load the runbook again, and to see whether it changed since. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { fail } from '../diagnostic.ts';
import { isSystemError, reasonOf } from './system-error.ts';

const metaSchema = z.strictObject({
  version: z.literal(1),
  id: z.string().min(1),
  /** Epoch ms. */
  createdAt: z.number(),
  /** Absolute. */
  runbookPath: z.string().min(1),
  /** --vars, absolute, in the order given. */
  varsFiles: z.array(z.string()),
  /** --var, as written. */
  vars: z.record(z.string(), z.string()),
  /** --policy, absolute; absent: not given. */
  policies: z.array(z.string()).exactOptional(),
  /** Its lock database has its place; missing in runs of older engines. */
  recorded: z.literal(true).exactOptional(),
});

export type RunMeta = z.output<typeof metaSchema>;

/** Throws RB414. */
export const readMeta = (path: string): RunMeta => {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = isSystemError(error) ? reasonOf(error) : 'it is not JSON';
    return fail('RB414', { path, why }, { cause: error });
  }
  const checked = metaSchema.safeParse(value);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  return fail('RB414', { path, why: `${issue?.path.join('.')}: ${issue?.message}` });
};
