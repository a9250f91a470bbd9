import { nearest } from '../diagnostics/near.ts';
import type { Report } from './check.ts';
import { branches, type JsonSchema, keysOf } from './json-schema.ts';

interface Key {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Follows `.a.b` through an output schema as far as it is closed: the first field that can't exist is reported. */
export const checkOutputPath = (
  step: string,
  { type, output, sensitive }: { type: string; output: JsonSchema | null; sensitive: readonly string[] },
  path: readonly Key[],
  report: Report,
) => {
  if (output === null) return;
  let here = branches(output, output);
  for (const [depth, key] of path.entries()) {
    if (depth === 0 && sensitive.includes(key.name)) return report(key, 'RB313', { name: key.name, step });
    const open = here.length === 0 || here.some((s) => s.type !== 'object' || isOpen(s));
    const fields = keysOf(here).filter((name) => depth > 0 || !sensitive.includes(name));
    if (!fields.includes(key.name)) {
      if (open) return;
      const of = depth === 0 ? `The output of "${step}" (${type})` : `"${path[depth - 1]?.name}"`;
      return report(key, 'RB306', { name: key.name, of, near: nearest(key.name, fields), known: fields });
    }
    here = here.flatMap((s) => {
      const field =
        s.properties && Object.hasOwn(s.properties, key.name) ? s.properties[key.name] : undefined;
      return typeof field === 'object' ? branches(field, output) : [];
    });
  }
};

const isOpen = (s: JsonSchema): boolean =>
  s.additionalProperties === undefined ? s.properties === undefined : s.additionalProperties !== false;
