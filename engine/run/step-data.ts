/** The engine distrusts step types at both ends: inputs and outputs pass their schemas. */

import type * as z from 'zod';
import { jsonFault, maxJsonDepth } from '../json.ts';
import type { Json } from '../plan.ts';
import type { AnyStepType } from '../step.ts';

const first = (error: z.ZodError): string => {
  const [issue] = error.issues;
  if (!issue) return error.message;
  return issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message;
};

/** Expressions were checked by type at load; their values are checked here. */
export const parseInput = (type: AnyStepType, rendered: unknown): unknown => {
  const parsed = type.input.safeParse(rendered);
  if (parsed.success) return parsed.data;
  throw new Error(
    `input of ${type.type} is not valid after its expressions were evaluated: ${first(parsed.error)}`,
  );
};

/** What a type wraps around the JSON of others. */
const deepestOutput = maxJsonDepth + 10;

/** Not masked yet: a schema's complaint may quote a key of the output. */
export interface BrokenOutput {
  readonly short: string;
  readonly remedy: string;
}

const broken = (type: AnyStepType, short: string): BrokenOutput => ({
  short,
  remedy: `Step type ${type.type} version ${type.version} has a bug; the runbook is not the cause. The act did run: check its effect before you retry or skip the step`,
});

/** The journal-safe output, or the failure of a step type that broke its own promise. */
export const journalOutput = (
  type: AnyStepType,
  output: unknown,
): { value: Json } | { error: BrokenOutput } => {
  // Before its schema, which would drop such a key in silence, and end on a deep value.
  const fault = jsonFault(output, deepestOutput);
  if (fault !== null) return { error: broken(type, `output of ${type.type} ${fault}`) };
  const parsed = type.output.safeParse(output);
  if (!parsed.success) {
    return {
      error: broken(type, `output of ${type.type} does not match its schema: ${first(parsed.error)}`),
    };
  }
  const value: unknown = parsed.data;
  if (!type.sensitive || value === null || typeof value !== 'object') return { value: value as Json };
  const hidden = new Set(type.sensitive);
  return { value: Object.fromEntries(Object.entries(value).filter(([key]) => !hidden.has(key))) as Json };
};
