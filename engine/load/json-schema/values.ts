/** Schemas of zod as an editor needs them: `${{ }}` where the loader takes it, hover texts, shared definitions. */
import type * as z from 'zod';
import { type JsonSchema, schemaOf } from '../../expr/json-schema.ts';

const NO_EXPRESSION = '^(?![\\s\\S]*\\$\\{\\{)';
const SAMPLE = '${{ vars.name }}';

export const ref = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` });

/** What any value may be replaced by. */
export const expression: JsonSchema = {
  type: 'string',
  pattern: '\\$\\{\\{',
  description: 'a CEL expression: ${{ vars.NAME }}',
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

/** The marker for `${{ secrets.NAME }}` (engine/step.ts): the loader makes it, a file cannot hold it. */
const isSecretMark = (schema: JsonSchema): boolean =>
  schema.type === 'object' && Object.keys(schema.properties ?? {}).join() === 'secret';

/** A text that takes an expression by itself, since nothing is asked of it that an expression is not. */
const takesAnyText = ({ pattern, enum: choices, format, const: fixed }: JsonSchema): boolean =>
  choices === undefined &&
  fixed === undefined &&
  format === undefined &&
  (pattern === undefined || new RegExp(pattern, 'u').test(SAMPLE));

/** Editors show `markdownDescription` formatted, and plain text with the marks in it. */
const withHover = (schema: JsonSchema): JsonSchema =>
  schema.description?.includes('`') ? { ...schema, markdownDescription: schema.description } : schema;

type Each = (schema: JsonSchema, key?: string) => JsonSchema;

const isSchema = (s: unknown): s is JsonSchema => typeof s === 'object' && s !== null;

/** `each` over what a schema is made of. */
const within = (schema: JsonSchema, each: Each): JsonSchema => {
  const one = (s: unknown) => (isSchema(s) ? each(s) : s) as JsonSchema;
  const under = (map: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(map).map(([key, s]) => [key, isSchema(s) ? each(s, key) : s]));
  return {
    ...schema,
    ...(schema.properties && { properties: under(schema.properties) as Record<string, JsonSchema> }),
    ...(schema.$defs && { $defs: under(schema.$defs) as Record<string, JsonSchema> }),
    ...(schema.items !== undefined && { items: one(schema.items) }),
    ...(schema.additionalProperties !== undefined && {
      additionalProperties: one(schema.additionalProperties),
    }),
    ...(schema.anyOf && { anyOf: schema.anyOf.map(one) }),
  };
};

/** Drops what only the loader reads: annotations, and the marker of a secret. */
const plain: Each = (given) => {
  const { literal, argv, ...own } = withHover(standard(given));
  const branches = own.anyOf?.filter((branch) => !isSecretMark(branch as JsonSchema));
  const only = branches?.length === 1 ? (branches[0] as JsonSchema) : undefined;
  const { anyOf: _, ...rest } = own;
  if (only) return plain({ ...only, ...rest, ...(literal === true && { literal }) });
  const kept = within(branches ? { ...rest, anyOf: branches } : own, plain);
  return literal === true ? { pattern: NO_EXPRESSION, ...kept } : kept;
};

const isLiteral = (schema: unknown): boolean => isSchema(schema) && schema.pattern === NO_EXPRESSION;

/** `deep`: lists and maps as well may be one expression, as in the input of a step type. */
const withExpressions = (schema: JsonSchema, deep: boolean, fixed: ReadonlySet<string>): JsonSchema => {
  const each: Each = (given, key) => {
    if (key !== undefined && fixed.has(key)) return given;
    // Where a text is used as written, no expression gives the value in another shape either.
    if (given.anyOf?.some(isLiteral))
      return { ...given, anyOf: given.anyOf.map((branch) => within(branch as JsonSchema, each)) };
    const mapped = within(given, each);
    const isStructure = mapped.type === 'object' || mapped.type === 'array';
    const isValue = typeof mapped.type === 'string' || mapped.enum !== undefined;
    const refuses = isLiteral(mapped) || mapped.const !== undefined || mapped.type === 'null';
    if (!isValue || refuses || (isStructure && !deep)) return mapped;
    if (mapped.type === 'string' && takesAnyText(mapped)) return mapped;
    const { description, markdownDescription, default: preset, ...rest } = mapped;
    return {
      ...(description !== undefined && { description }),
      ...(markdownDescription !== undefined && { markdownDescription }),
      ...(preset !== undefined && { default: preset }),
      anyOf: [rest, ref('expression')],
    };
  };
  // A whole map is never one expression: its keys are judged one by one.
  return within(schema, each);
};

const NOTHING: ReadonlySet<string> = new Set();
/** Used as written, see expressions.ts. */
const FIXED: ReadonlySet<string> = new Set(['id', 'type']);

const of = (schema: z.ZodType): JsonSchema => {
  const { $schema: _, ...rest } = schemaOf(schema, 'input');
  return plain(rest);
};

/** Read as written by the loader: no expressions. */
export const asWritten = of;

/** Of the core: vars may be filled in, value by value. */
export const filled = (schema: z.ZodType): JsonSchema => withExpressions(of(schema), false, FIXED);

/** The input of a step type, or the config of a kind of target. */
export const input = (schema: z.ZodType): JsonSchema => withExpressions(of(schema), true, NOTHING);

/** Definitions must be at the root, with unique names: zod numbers them `__schema0`. */
export const hoist = (schema: JsonSchema, prefix: string, defs: Record<string, JsonSchema>): JsonSchema => {
  const named = (name: string) =>
    `${prefix}-${name.replace(/^__schema(\d+)$/, (_, n) => `value${Number(n) + 1}`)}`;
  const moved = JSON.parse(
    JSON.stringify(schema).replaceAll(/"#\/\$defs\/([^"]+)"/g, (whole, name) =>
      name === 'expression' ? whole : `"#/$defs/${named(name)}"`,
    ),
  ) as JsonSchema;
  const { $defs, ...rest } = moved;
  for (const [name, definition] of Object.entries($defs ?? {})) defs[named(name)] = definition as JsonSchema;
  return rest;
};
