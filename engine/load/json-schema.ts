/** The runbook file as a JSON Schema, for editors. The loader is stricter: it also judges what values mean. */
import type * as z from 'zod';
import { type JsonSchema, schemaOf } from '../expr/json-schema.ts';
import type { Registry } from '../registry.ts';
import { frame, sections } from './schema/document.ts';
import * as steps from './schema/steps.ts';
import * as watches from './schema/watch.ts';

const NO_EXPRESSION = '^(?![\\s\\S]*\\$\\{\\{)';
const EXPRESSION: JsonSchema = { type: 'string', pattern: '\\$\\{\\{' };

/** Used as written, see expressions.ts. */
const FIXED = new Set(['id', 'type', 'version']);

const of = (schema: z.ZodType): JsonSchema => {
  const { $schema: _, ...rest } = schemaOf(schema, 'input');
  return rest;
};

const FORMATS = new Set([
  'date',
  'date-time',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'regex',
  'uri',
  'uuid',
]);

/** zod writes formats that repeat the pattern; editors warn about unknown formats. */
const standard = (schema: JsonSchema): JsonSchema => {
  const { format, ...rest } = schema;
  return format === undefined || FORMATS.has(format) ? schema : rest;
};

/** Every value may be replaced by `${{ }}`; `literal` and `argv` are internal annotations for the loader. */
const withExpressions = (schema: JsonSchema): JsonSchema => {
  const { literal, argv, ...own } = standard(schema);
  if (literal === true) return { pattern: NO_EXPRESSION, ...own };
  const each = (s: unknown) =>
    (typeof s === 'object' && s !== null ? withExpressions(s as JsonSchema) : s) as JsonSchema;
  const under = (map: Record<string, unknown> | undefined) =>
    map && Object.fromEntries(Object.entries(map).map(([key, s]) => [key, FIXED.has(key) ? s : each(s)]));
  const mapped: JsonSchema = {
    ...own,
    ...(own.properties && { properties: under(own.properties) as Record<string, JsonSchema> }),
    ...(own.$defs && { $defs: under(own.$defs) as Record<string, JsonSchema> }),
    ...(own.items !== undefined && { items: each(own.items) }),
    ...(own.additionalProperties !== undefined && { additionalProperties: each(own.additionalProperties) }),
    ...(own.anyOf && { anyOf: own.anyOf.map(each) }),
  };
  const isText =
    own.type === 'string' && own.enum === undefined && own.pattern === undefined && own.format === undefined;
  const isValue =
    typeof own.type === 'string' && own.type !== 'object' && own.type !== 'null' && own.const === undefined;
  return isValue && !isText ? { anyOf: [mapped, EXPRESSION] } : mapped;
};

/** Definitions must be at the root, with unique names: zod numbers them `__schema0`. */
const hoist = (schema: JsonSchema, prefix: string, defs: Record<string, JsonSchema>): JsonSchema => {
  const named = (name: string) =>
    `${prefix}-${name.replace(/^__schema(\d+)$/, (_, n) => `value${Number(n) + 1}`)}`;
  const moved = JSON.parse(
    JSON.stringify(schema).replaceAll(/"#\/\$defs\/([^"]+)"/g, (_, name) => `"#/$defs/${named(name)}"`),
  ) as JsonSchema;
  const { $defs, ...rest } = moved;
  for (const [name, definition] of Object.entries($defs ?? {}))
    defs[named(name)] = withExpressions(definition as JsonSchema);
  return rest;
};

/** `base` with `type` fixed and `with` as that type takes it. */
const forType = (base: JsonSchema, type: string, description: string, input: JsonSchema): JsonSchema => {
  const required = new Set([...(base.required ?? []), ...(input.required?.length ? ['with'] : [])]);
  return {
    ...base,
    description,
    properties: { ...base.properties, type: { const: type }, with: withExpressions(input) },
    required: [...required],
  };
};

export const runbookJsonSchema = (registry: Registry): JsonSchema => {
  const types = [...registry.steps.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
  const hoisted: Record<string, JsonSchema> = {};
  const inputs = new Map(types.map((t) => [t.type, hoist(of(t.input), t.type, hoisted)]));
  const each = (base: JsonSchema): JsonSchema => ({
    oneOf: types.map((t) => forType(base, t.type, t.summary, inputs.get(t.type) ?? {})),
  });
  const ref = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` });
  const list = (name: string): JsonSchema => ({ type: 'array', items: ref(name) });

  const act = withExpressions(of(steps.act));
  const rollback = withExpressions(of(steps.rollback));
  const undo: JsonSchema = {
    anyOf: [{ const: 'auto' }, of(steps.rollback.shape.undo.unwrap().options[1]), list('undo')],
  };
  const guards = { preconditions: list('check'), verify: list('check') };
  const actWithRefs: JsonSchema = {
    ...act,
    properties: {
      ...act.properties,
      ...guards,
      rollback: { ...rollback, properties: { ...rollback.properties, ...guards, undo } },
    },
  };
  const watch = withExpressions(of(watches.watch));
  const checklist = withExpressions(of(watches.checklist));
  const item = withExpressions(of(watches.item));
  const line: JsonSchema = {
    type: 'object',
    properties: {
      point_of_no_return: {
        type: 'object',
        properties: { forward_fix: { type: 'string' }, would_lose: ref('check') },
        required: ['forward_fix'],
        additionalProperties: false,
      },
    },
    required: ['point_of_no_return'],
    additionalProperties: false,
  };
  const parallel: JsonSchema = {
    type: 'object',
    properties: { parallel: { type: 'array', items: ref('act'), minItems: 1 } },
    required: ['parallel'],
    additionalProperties: false,
  };
  const root = of(frame);
  const targets: JsonSchema = {
    type: 'object',
    additionalProperties: {
      oneOf: [...registry.targets.values()].map((kind) => targetSchema(kind.kind, of(kind.config), kind.via)),
    },
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'runbook',
    ...root,
    properties: {
      ...root.properties,
      ...Object.fromEntries(
        Object.entries(sections).map(([name, section]) => [name, withExpressions(of(section))]),
      ),
      targets,
      steps: { type: 'array', minItems: 1, items: ref('entry') },
    },
    $defs: {
      ...hoisted,
      check: each(withExpressions(of(steps.check))),
      undo: each(withExpressions(of(steps.undoAct))),
      act: each(actWithRefs),
      gate: withExpressions(of(steps.gate)),
      wait: withExpressions(of(steps.wait)),
      measure: each(withExpressions(of(watches.measure))),
      watch: inWith(watch, { measure: ref('measure'), on_trip: list('undo') }),
      checklist: inWith(checklist, { items: { type: 'array', minItems: 1, items: ref('item') } }),
      item: { ...item, properties: { ...item.properties, check: ref('check') } },
      entry: { anyOf: ['act', 'gate', 'wait', 'watch', 'checklist'].map(ref).concat(parallel, line) },
    },
  };
};

/** Calls inside a `with` of the core lead to the definitions of their step types. */
const inWith = (schema: JsonSchema, by: Record<string, JsonSchema>): JsonSchema => {
  const given = (schema.properties?.with ?? {}) as JsonSchema;
  const inner = { ...given, properties: { ...given.properties, ...by } };
  return { ...schema, properties: { ...schema.properties, with: inner } };
};

const targetSchema = (kind: string, config: JsonSchema, via: boolean): JsonSchema => ({
  ...withExpressions(config),
  properties: {
    ...withExpressions(config).properties,
    type: { const: kind },
    ...(via && { via: { type: 'string' } }),
  },
  required: [...(config.required ?? []), 'type'],
});
