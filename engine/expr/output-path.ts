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
) => {
  if (output === null) return;
  let here = branches(output, output);
  for (const [depth, { name, start, end }] of path.entries()) {
    const key = { start, end };
    if (name === null) {
      here = here.flatMap((s) =>
        typeof s.items === 'object' && !Array.isArray(s.items) ? branches(s.items, output) : [],
      );
      continue;
    }
    if (depth === 0 && sensitive.includes(name)) return report(key, 'RB313', { name, step });
    const open = here.length === 0 || here.some((s) => s.type !== 'object' || isOpen(s));
    const fields = keysOf(here).filter((field) => depth > 0 || !sensitive.includes(field));
    if (!fields.includes(name)) {
      if (open) return;
      const of = depth === 0 ? `The output of "${step}" (${type})` : `"${path[depth - 1]?.name ?? 'item'}"`;
      return report(key, 'RB306', { name, of, near: nearest(name, fields), known: fields });
    }
    here = here.flatMap((s) => {
      const field = s.properties && Object.hasOwn(s.properties, name) ? s.properties[name] : undefined;
      return typeof field === 'object' ? branches(field, output) : [];
    });
  }
};

const isOpen = (s: JsonSchema): boolean =>
  s.additionalProperties === undefined ? s.properties === undefined : s.additionalProperties !== false;
