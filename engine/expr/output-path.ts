import { nearest } from '../diagnostics/near.ts';
import type { Report } from './flaw.ts';
import { branches, type JsonSchema, keysOf } from './json-schema.ts';
import type { Key } from './references.ts';

/** Follows `.a.b` through an output schema as far as it is closed: the first field that can't exist is reported. */
export const checkOutputPath = (
  step: string,
  { type, output, sensitive }: { type: string; output: JsonSchema | null; sensitive: readonly string[] },
  path: readonly Key[],
  report: Report,
): void => {
  const [field] = path;
  if (output === null) return;
  if (field?.name != null && sensitive.includes(field.name))
    report(field, 'RB313', { name: field.name, step });
  else checkPath(`The output of "${step}" (${type})`, output, path, report, sensitive);
};

/** `of`: what the first key is a field of. `hidden`: fields that are not offered. */
export const checkPath = (
  of: string,
  schema: JsonSchema,
  path: readonly Key[],
  report: Report,
  hidden: readonly string[] = [],
): void => {
  let here = branches(schema, schema);
  for (const [depth, { name, start, end }] of path.entries()) {
    if (name === null) {
      here = here.flatMap((s) =>
        typeof s.items === 'object' && !Array.isArray(s.items) ? branches(s.items, schema) : [],
      );
      continue;
    }
    const isClosed = here.length > 0 && here.every((s) => s.type === 'object' && !isOpen(s));
    const fields = keysOf(here).filter((field) => depth > 0 || !hidden.includes(field));
    if (!fields.includes(name)) {
      if (isClosed) {
        const owner = depth === 0 ? of : `"${path[depth - 1]?.name ?? 'item'}"`;
        report({ start, end }, 'RB306', {
          name,
          of: owner,
          near: nearest(name, fields),
          known: fields,
        });
        return;
      }
      here = here.flatMap((s) => valuesOf(s, schema));
      continue;
    }
    here = here.flatMap((s) => {
      const field = s.properties && Object.hasOwn(s.properties, name) ? s.properties[name] : undefined;
      return typeof field === 'object' ? branches(field, schema) : [];
    });
  }
};

/** Of a map with any keys, what each value is. */
const valuesOf = ({ additionalProperties: rest }: JsonSchema, root: JsonSchema): readonly JsonSchema[] =>
  typeof rest === 'object' ? branches(rest, root) : [];

const isOpen = (s: JsonSchema): boolean =>
  s.additionalProperties === undefined ? s.properties === undefined : s.additionalProperties !== false;
