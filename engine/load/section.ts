/** A part of the file against a schema of the core: vars filled in, then judged. */
import type * as z from 'zod';
import { type Path, schemaOf } from '../expr/json-schema.ts';
import type { Json } from '../plan.ts';
import type { LoadContext } from './context.ts';
import { fill } from './expressions.ts';
import { isMap } from './is-map.ts';
import { type Judged, reportIssues } from './issues.ts';

/** What is left without the keys that are wrong, so that one slip does not hide the next; null: not enough. */
const salvage = <S extends z.ZodType>(
  schema: S,
  value: Json,
  issues: readonly z.core.$ZodIssue[],
): z.output<S> | null => {
  if (!isMap(value)) return null;
  const rest = structuredClone(value) as { [key: string]: unknown };
  for (const issue of issues) {
    const path = issue.path.map(String);
    const inner = path.reduce<unknown>(
      (at, key) => (at as { [key: string]: unknown } | undefined)?.[key],
      rest,
    );
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys : [];
    for (const key of unknown) delete (inner as { [key: string]: unknown } | undefined)?.[key];
    if (unknown.length === 0 && path[0] !== undefined) delete rest[path[0]];
  }
  const parsed = schema.safeParse(rest);
  return parsed.success ? parsed.data : null;
};

/** null: errors are reported, and too little is valid to continue. */
export const parseSection = <S extends z.ZodType>(
  schema: S,
  value: Json,
  at: Pick<Judged, 'source' | 'problems' | 'path' | 'label'>,
): z.output<S> | null => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  reportIssues(parsed.error.issues, { ...at, value, schema: schemaOf(schema, 'input') });
  return salvage(schema, value, parsed.error.issues);
};

/** As parseSection, with `${{ vars.x }}` filled in; what lies under `skip` is left as written. */
export const parseFilled = <S extends z.ZodType>(
  schema: S,
  value: Json,
  at: { readonly path: Path; readonly label: string; readonly where: string; skip?(path: Path): boolean },
  ctx: LoadContext,
): z.output<S> | null => {
  const site = {
    ctx,
    path: at.path,
    schema,
    level: 'vars',
    where: at.where,
    sure: () => true,
  } as const;
  const filled = fill(value, site, at.skip);
  const { source, problems } = ctx;
  const judged = { source, problems, path: at.path, label: at.label };
  if (filled.failed.length === 0) return parseSection(schema, filled.value, judged);

  const wrong = new Set(filled.failed.map(([key]) => key));
  const rest = isMap(filled.value)
    ? Object.fromEntries(Object.entries(filled.value).filter(([key]) => !wrong.has(key)))
    : null;
  const parsed = schema.safeParse(rest);
  if (parsed.success) return parsed.data;
  const own = parsed.error.issues.filter((issue) => !wrong.has(issue.path[0] as string));
  reportIssues(own, { ...judged, value: rest, schema: schemaOf(schema, 'input') });
  return null;
};
