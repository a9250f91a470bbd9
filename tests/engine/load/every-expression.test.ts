/**
 * Every place of the JSON Schema that holds a value, with `${{ }}` in it: it is evaluated, or it is an error that says
 * what to write. None is used as plain text.
 */
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { diagnosticRecord } from '../../../engine/diagnostics/render.ts';
import type { JsonSchema } from '../../../engine/expr/json-schema.ts';
import { examine } from '../../../engine/load/examine.ts';
import { runbookJsonSchema } from '../../../engine/load/json-schema.ts';
import type { Json } from '../../../engine/plan.ts';
import { registry } from '../../../steps/index.ts';

type Path = readonly (string | number)[];
interface Place {
  readonly path: Path;
  /** What must stand beside it, so that it is judged as what it is. */
  readonly beside: readonly { readonly path: Path; readonly value: Json }[];
}

const schema = runbookJsonSchema(registry);
const isSchema = (s: unknown): s is JsonSchema => typeof s === 'object' && s !== null && !Array.isArray(s);

/** Each definition is followed where it is met first: it is the same everywhere. */
const places = (): readonly Place[] => {
  const found: Place[] = [];
  const followed = new Set<string>();
  const walk = (s: JsonSchema, path: Path, beside: Place['beside']): void => {
    if (path.length > 14) return;
    if (s.$ref !== undefined) {
      if (followed.has(s.$ref) && s.$ref !== '#/$defs/expression') return;
      followed.add(s.$ref);
      walk(schema.$defs?.[s.$ref.replace('#/$defs/', '')] as JsonSchema, path, beside);
      return;
    }
    const fixed = Object.entries(isSchema(s.if) ? (s.if.properties ?? {}) : {}).flatMap(([key, of]) => {
      const value = isSchema(of) ? (of.const ?? of.enum?.[0]) : undefined;
      return value === undefined ? [] : [{ path: [...path, key], value: value as Json }];
    });
    if (isSchema(s.then)) walk(s.then, path, [...beside, ...fixed]);
    if (isSchema(s.else)) walk(s.else, path, beside);
    for (const branch of [...(s.allOf ?? []), ...(s.anyOf ?? []), ...(s.oneOf ?? [])])
      if (isSchema(branch)) walk(branch, path, beside);
    for (const [key, of] of Object.entries(s.properties ?? {})) {
      if (!isSchema(of)) continue;
      walk(of, [...path, key], beside);
    }
    if (isSchema(s.additionalProperties)) walk(s.additionalProperties, [...path, 'some'], beside);
    if (isSchema(s.items)) walk(s.items, [...path, 0], beside);
    const isValue = ['string', 'integer', 'number', 'boolean'].includes(String([s.type].flat()[0]));
    if (isValue || s.enum !== undefined || s.const !== undefined) found.push({ path, beside });
  };
  walk(schema, [], []);
  const unique = new Map(found.map((place) => [JSON.stringify(place), place]));
  return [...unique.values()];
};

const put = (root: Json, path: Path, value: Json): Json => {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (typeof key === 'number') return [put((root as readonly Json[] | undefined)?.[0] ?? null, rest, value)];
  const map = (typeof root === 'object' && root !== null && !Array.isArray(root) ? root : {}) as {
    [key: string]: Json;
  };
  return { ...map, [key]: put(map[key] ?? null, rest, value) };
};

const marked = '${{ vars.not_there }}';

const call = { type: 'http.check', with: { url: 'https://app.example.org/' } };
const write = { type: 'file.remove', with: { path: '/srv/a' } };

const measured = { measure: call, interval: '10s', count: 3 };

/** A step that is right but for its `when`. */
const besideWhen = (parent: Path, beside: Place['beside']): Place['beside'] => {
  const type = beside.findLast(({ path }) => path.at(-1) === 'type')?.value;
  const own: { readonly [type: string]: Json } = {
    gate: { criteria: ['true'] },
    watch: measured,
    checklist: { items: [{ id: 'a', say: 'It is there', check: call }] },
    wait: { for: '1m' },
  };
  const input = own[String(type)];
  const step: { readonly [key: string]: Json } = input === undefined ? call : { with: input };
  return Object.entries(step).map(([key, value]) => ({ path: [...parent, key], value }));
};

/** Conditions are read once what they are about is right. */
const aboutOf = ({ path, beside }: Place): Place['beside'] => {
  const parent = path.slice(0, -1);
  const key = String(path.at(-1));
  if (key === 'when' && path[0] === 'steps') return besideWhen(parent, beside);
  if (key === 'that') return [{ path: [...parent, 'name'], value: 'a name' }];
  if (key === 'until' && parent.at(-1) !== 'background')
    return [
      ...Object.entries({ ...call, for: '1m' }).map(([k, value]) => ({ path: [...parent, k], value })),
      ...(parent.length > 4
        ? Object.entries(write).map(([k, value]) => ({ path: [...parent.slice(0, 4), k], value }))
        : []),
    ];
  if (['success_condition', 'failure_condition', 'samples'].includes(key))
    return Object.entries(measured).map(([k, value]) => ({
      path: [...parent, k],
      value: value as Json,
    }));
  return [];
};

const documentAt = ({ path, beside }: Place): Json => {
  let root: Json = { version: 1, name: 'walk' };
  const [section, entry] = path;
  if (section === 'steps' && typeof entry === 'number') {
    const isStep = !['parallel', 'point_of_no_return', 'group'].includes(String(path[2]));
    if (isStep) root = put(root, ['steps', 0, 'id'], 'one');
    if (path[2] === 'parallel' || path[2] === 'group')
      root = put(root, ['steps', 0, path[2], 0, 'id'], 'one');
  } else root = put(root, ['steps', 0], { id: 'one', type: 'wait' });
  for (const { path: at, value } of [...beside, ...aboutOf({ path, beside })]) root = put(root, at, value);
  return put(root, path, marked);
};

const all = places();

test('the walk meets what there is', () => {
  const texts = all.map(({ path }) => path.join('.'));
  expect(all.length).toBeGreaterThan(300);
  for (const some of [
    'timeline.window.opens',
    'secrets.some.file',
    'steps.0.parallel.0.timeout',
    'targets.some.via',
  ])
    expect(texts).toContain(some);
});

/** Codes that say: it was evaluated (there is no such var), or it is not evaluated here. */
const right = new Set(['RB303', 'RB321', 'RB312', 'RB230', 'RB301']);

test.each(all.map((place) => [place.path.join('.'), JSON.stringify(place.beside), place] as const))(
  '%s (%s)',
  async (_, __, place) => {
    const text = stringify(documentAt(place), { aliasDuplicateObjects: false });
    const draft = { file: 'walk.yaml', text, path: null };
    const found = await examine(draft, { registry, varsFiles: [], vars: {} }).diagnose();
    const own = found.filter(({ position }) => position?.sourceLine.includes('vars.not_there'));
    const codes = own.map(({ code }) => code);
    expect(
      codes.filter((code) => right.has(code)).length,
      `${text}\n${codes.join(' ')} ${found.map(({ code }) => code).join(' ')}`,
    ).toBeGreaterThan(0);
    for (const diagnostic of own) expect(diagnosticRecord(diagnostic).remedy).toBeTruthy();
  },
);
