/** Finds what looks evaluated in the file and is not: each is an error, with what to write instead. */

import type { Path } from '../../expr/json-schema.ts';
import { hasPlaceholder } from '../../expr/placeholders.ts';
import type { Json, JsonObject } from '../../plan.ts';
import { isMap } from '../is-map.ts';
import type { Problems } from '../problems.ts';
import type { Source } from '../source.ts';
import { lookalikesIn, type Names } from './lookalikes.ts';

/** Expressions themselves, without `${{ }}`. */
const CONDITIONS = new Set(['criteria', 'success_condition', 'failure_condition', 'samples', 'until']);
/** For people, or for a program that has templates of its own. */
const VERBATIM = new Set(
  'name description message say prompt none content body text html subject stdin sql probe run data'.split(
    ' ',
  ),
);
const forSql =
  'Pass the value by `params`; a name by `names`, and a value that cannot be a parameter by `literals`';
/** Texts without expressions: a reviewer must see what a shell or a server receives. */
const INSTEAD: { readonly [key: string]: string } = {
  run: 'Pass the value by `env`, and read it as "$NAME"',
  sql: forSql,
  probe: forSql,
};
/** Sections that are used as written. */
const RAW: { readonly [section: string]: string } = {
  vars: 'The value is used as plain text. Give another value with --vars FILE or --var, or compute one in `locals`',
  inputs:
    'The default is used as plain text. Pass another value by the `with` of the step that uses the part',
};

const isWhen = (path: Path): boolean =>
  path[0] === 'steps' && path.at(-1) === 'when' && !path.includes('with');
const isInvariant = (path: Path): boolean => path[0] === 'invariants' && path.at(-1) === 'that';

/** Of a part. */
const isOutput = (path: Path): boolean => path[0] === 'outputs' && path.length === 2;

/** A text there is an error of its own. */
const isLoopList = (path: Path): boolean => path[0] === 'steps' && path.at(-1) === 'for_each';

/** Each item of its loop has a name of its own. */
const isLoopedTarget = (path: Path, value: Json): boolean =>
  path.length === 2 && path[0] === 'targets' && isMap(value) && value.for_each !== undefined;

export const isVerbatim = (path: Path): boolean => VERBATIM.has(String(path.at(-1)));

export const reportLiterals = (root: JsonObject, source: Source, problems: Problems): void => {
  const names = namesOf(root);
  const walk = (value: Json, path: Path): void => {
    if (typeof value === 'string') text(value, path);
    if (Array.isArray(value)) for (const [i, item] of value.entries()) walk(item, [...path, i]);
    if (!isMap(value)) return;
    for (const [key, inner] of Object.entries(value)) {
      const at = [...path, key];
      if (hasPlaceholder(key) && !isLoopedTarget(at, inner))
        problems.add(
          'RB321',
          { where: 'a key', remedy: 'Write the key itself; only values are evaluated' },
          source.key(at),
        );
      walk(inner, at);
    }
  };
  const text = (value: string, path: Path): void => {
    const section = String(path[0]);
    const raw = Object.hasOwn(RAW, section) ? RAW[section] : undefined;
    if (raw !== undefined && hasPlaceholder(value)) {
      const open = value.indexOf('${{');
      const position = source.within(path, { start: open, end: open + 3, open });
      problems.add('RB321', { where: `\`${section}\``, remedy: raw }, position);
      return;
    }
    const own = isInvariant(path) || isOutput(path) || isWhen(path) || isLoopList(path);
    if (path.some((part) => CONDITIONS.has(String(part))) || own) return;
    for (const { start, end, text: found, write } of lookalikesIn(
      value,
      names,
      section !== 'locals' && isVerbatim(path),
    )) {
      const remedy = raw ?? INSTEAD[String(path.at(-1))] ?? `Write "${write}"`;
      problems.add('RB322', { text: found, remedy }, source.within(path, { start, end, open: null }));
    }
  };
  walk(root, []);
};

const namesOf = (root: JsonObject): Names => {
  const keys = (section: Json | undefined) => (isMap(section) ? Object.keys(section) : []);
  const declared: { readonly [root: string]: readonly string[] } = {
    vars: keys(root.vars),
    locals: keys(root.locals),
    secrets: keys(root.secrets),
    steps: idsIn(root.steps),
  };
  return {
    vars: keys(root.vars),
    isDeclared: (section, name) =>
      Object.hasOwn(declared, section) && (declared[section] ?? []).includes(name),
  };
};

const idsIn = (steps: Json | undefined): readonly string[] =>
  Array.isArray(steps)
    ? steps.flatMap((entry) => {
        if (!isMap(entry)) return [];
        const inner = idsIn(entry.parallel ?? entry.group);
        return typeof entry.id === 'string' ? [entry.id, ...inner] : inner;
      })
    : [];
