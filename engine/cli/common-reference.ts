/** `runbook steps --common`: what stands beside `with`. Generated from the schemas of the loader. */
import { commonKeys, commonSchema } from '../load/schema/common-keys.ts';
import { describeSchema, type FieldSchema } from './field-schema.ts';

export const commonReference = (): string =>
  `${commonKeys
    .map(({ title, keys }) => `${title}:\n${describeSchema(commonSchema(keys) as FieldSchema, 'given')}`)
    .join('\n\n')}\n`;

/** By the place where the keys stand, as JSON Schema. */
export const commonRecord = (): Readonly<Record<string, object>> =>
  Object.fromEntries(commonKeys.map(({ id, keys }) => [id, commonSchema(keys)]));
