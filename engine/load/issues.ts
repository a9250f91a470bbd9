/** zod's issues as diagnostics, each at the key or value it is about. */
import type * as z from 'zod';
import { habitOfKey } from '../diagnostics/habits.ts';
import { nearest } from '../diagnostics/near.ts';
import { type JsonSchema, keysOf, type Path, schemasAt } from '../expr/json-schema.ts';
import { isSecretMarker } from '../expr/markers.ts';
import { hasPlaceholder } from '../expr/placeholders.ts';
import type { Json } from '../plan.ts';
import { expectedOf, remedyFor, shown } from './describe.ts';
import type { Problems } from './problems.ts';
import { carried } from './schema/values.ts';
import type { Source } from './source.ts';
import { reportUnevaluated } from './unevaluated.ts';

type Issue = z.core.$ZodIssue;

/** The checked part of the file: its schema and its name. */
export interface Judged {
  readonly source: Source;
  readonly problems: Problems;
  /** Path of `value` in the file. */
  readonly path: Path;
  readonly value: Json;
  readonly schema: JsonSchema;
  /** `step "stop-app" (command)`. */
  readonly label: string;
}

export const valueAt = (value: Json, path: Path): Json | undefined => {
  let here: Json | undefined = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as { [key: string | number]: Json })[key];
  }
  return here;
};

/** The secret mark at `path` or around it. */
const secretAround = (value: Json, path: Path): Path | null => {
  for (let length = 0; length <= path.length; length++) {
    const here = valueAt(value, path.slice(0, length));
    if (here !== undefined && isSecretMarker(here)) return path.slice(0, length);
  }
  return null;
};

export const reportIssues = (issues: readonly Issue[], judged: Judged): void => {
  for (const issue of withoutMisspelt(issues, judged)) reportIssue(issue, issue.path as Path, judged);
};

const withoutMisspelt = (issues: readonly Issue[], judged: Judged): readonly Issue[] => {
  const misspelt = misspeltKeys(issues, judged);
  return issues.filter((issue) => !misspelt.has(JSON.stringify(issue.path)));
};

/** Paths of keys that are only missing because a key beside them is misspelt: one slip, one report. */
const misspeltKeys = (issues: readonly Issue[], { schema, value }: Judged): ReadonlySet<string> => {
  const paths = new Set<string>();
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const allowed = keysOf(schemasAt(schema, issue.path as Path));
    for (const key of issue.keys.filter((each) => habitOfKey(each) === null)) {
      const path = [...issue.path, nearest(key, allowed) ?? ''];
      if (valueAt(value, path as Path) === undefined) paths.add(JSON.stringify(path));
    }
  }
  return paths;
};

const reportIssue = (issue: Issue, path: Path, judged: Judged) => {
  const { source, problems, label } = judged;
  const full = [...judged.path, ...path];
  const where = path.length === 0 ? label : `\`${path.join('.')}\` of ${label}`;
  const what = path.length === 0 ? label : `\`${path.join('.')}\``;

  const secret = secretAround(judged.value, path);
  if (secret)
    return problems.add('RB229', { field: secret.join('.') }, source.value([...judged.path, ...secret]));

  if (issue.code === 'unrecognized_keys') {
    const allowed = keysOf(schemasAt(judged.schema, path));
    for (const key of issue.keys)
      problems.add('RB201', { key, where, near: nearest(key, allowed), allowed }, source.key([...full, key]));
    return;
  }
  const got = valueAt(judged.value, path);
  const own = carried(issue);
  // A rule of several keys may point at one that is not there; it has its own words.
  const isRule = issue.code === 'custom' && own === null;
  if (got === undefined && path.length > 0 && !isRule) {
    const parent = path.length === 1 ? label : `\`${path.slice(0, -1).join('.')}\` of ${label}`;
    const expected = expectedOf(schemasAt(judged.schema, path));
    return problems.add('RB202', { key: String(path.at(-1)), where: parent, expected }, source.key(full));
  }
  // Where an expression is evaluated, its value stands here.
  if (typeof got === 'string' && hasPlaceholder(got)) {
    reportUnevaluated(got, full, { source, problems });
    return;
  }
  if (own) return problems.addDiagnostic(own, own.code === 'RB210' ? source.key(full) : source.value(full));

  if (issue.code === 'invalid_key') {
    for (const inner of issue.issues) {
      const diagnostic = carried(inner);
      if (diagnostic) problems.addDiagnostic(diagnostic, source.key(full));
    }
    return;
  }
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String);
    const near = typeof got === 'string' ? nearest(got, allowed) : null;
    return problems.add('RB204', { what, got: shown(got ?? null), near, allowed }, source.value(full));
  }
  if (issue.code === 'invalid_union') return reportUnion(issue, path, judged);
  if (issue.code === 'invalid_type') {
    return problems.add('RB203', { what, ...misfit(got, path, full, judged) }, source.value(full));
  }
  problems.add(
    'RB203',
    { what, why: issue.message.replace(/^./, (c) => c.toLowerCase()) },
    source.value(full),
  );
};

/** Of the shapes a value may have, the one it resembles most is the one that is explained. */
const reportUnion = (issue: Issue & { code: 'invalid_union' }, path: Path, judged: Judged): void => {
  const resembling = issue.errors
    .filter(
      (errors) =>
        !errors.some((e) => e.path.length === 0 && (e.code === 'invalid_type' || e.code === 'invalid_value')),
    )
    .map((errors) =>
      withoutMisspelt(
        errors.map((e) => ({ ...e, path: [...path, ...e.path] })),
        judged,
      ),
    );
  const closest = resembling.toSorted((a, b) => a.length - b.length)[0];
  if (closest) {
    for (const inner of closest) reportIssue(inner, inner.path as Path, judged);
    return;
  }
  const got = valueAt(judged.value, path);
  const what = path.length === 0 ? judged.label : `\`${path.join('.')}\``;
  const full = [...judged.path, ...path];
  judged.problems.add('RB203', { what, ...misfit(got, path, full, judged) }, judged.source.value(full));
};

const misfit = (got: Json | undefined, path: Path, full: Path, { schema, source }: Judged) => {
  const expected = schemasAt(schema, path);
  return {
    why: `${expectedOf(expected)} was expected, not ${shown(got ?? null)}`,
    remedy: remedyFor(got ?? null, expected, source.written(full)),
  };
};
