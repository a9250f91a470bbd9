/** A part of the file against a schema of the core: vars filled in, then judged. */
import type * as z from 'zod';
import { type Path, schemaOf } from '../expr/json-schema.ts';
import type { Json } from '../plan.ts';
import type { LoadContext } from './context.ts';
import { fill } from './expressions.ts';
import { type Judged, reportIssues } from './issues.ts';

/** null: what is wrong is reported. */
export const parseSection = <S extends z.ZodType>(
  schema: S,
  value: Json,
  at: Pick<Judged, 'source' | 'problems' | 'path' | 'label'>,
): z.output<S> | null => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  reportIssues(parsed.error.issues, { ...at, value, schema: schemaOf(schema, 'input') });
  return null;
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
    schema: schemaOf(schema, 'input'),
    level: 'vars',
    where: at.where,
    doubt: () => null,
  } as const;
  const filled = fill(value, site, at.skip);
  if (!filled.complete) return null;
  const { source, problems } = ctx;
  return parseSection(schema, filled.value, { source, problems, path: at.path, label: at.label });
};
