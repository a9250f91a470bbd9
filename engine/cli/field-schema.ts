/** The fields of a JSON Schema object, one a line. */

/** The part of JSON Schema that zod writes for inputs and outputs. */
export interface FieldSchema {
  readonly type?: string | readonly string[];
  /** Names what is described elsewhere. */
  readonly title?: string;
  readonly description?: string;
  readonly properties?: { readonly [key: string]: FieldSchema };
  readonly required?: readonly string[];
  readonly items?: FieldSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly anyOf?: readonly FieldSchema[];
  readonly oneOf?: readonly FieldSchema[];
  readonly additionalProperties?: FieldSchema | boolean;
}

/** Of what is produced every field is there, so `required` would say nothing. */
export const describeSchema = (schema: FieldSchema, how: 'given' | 'produced'): string =>
  linesOf(schema, how, '  ') || '  (nothing)';

/** The members of a field are listed below it. */
const linesOf = (schema: FieldSchema, how: 'given' | 'produced', indent: string): string => {
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) return '';
  const width = Math.max(...fields.map(([name]) => name.length));
  return fields
    .map(([name, field]) => {
      const isNeeded = schema.required?.includes(name) && field.default === undefined;
      const need = how === 'given' && isNeeded ? ', required' : '';
      const preset = field.default === undefined ? '' : `, default ${JSON.stringify(field.default)}`;
      const what = field.description ? `  ${field.description}` : '';
      const line = `${indent}${name.padEnd(width)}  ${typeName(field)}${need}${preset}${what}`;
      const inner = insideOf(field).map((each) => linesOf(each, how, `${indent}  `));
      return [line, ...inner.filter((text) => text !== '')].join('\n');
    })
    .join('\n');
};

/** The objects that a field is, or is a list, a map or a choice of. */
export const insideOf = (field: FieldSchema): readonly FieldSchema[] => {
  const choices = field.anyOf ?? field.oneOf;
  if (choices) return choices.flatMap(insideOf);
  if (isSecret(field)) return [];
  if (field.type === 'array') return field.items ? insideOf(field.items) : [];
  if (field.properties) return [field];
  return typeof field.additionalProperties === 'object' ? insideOf(field.additionalProperties) : [];
};

export const typeName = (field: FieldSchema): string => {
  if (field.title !== undefined) return field.title;
  if (field.const !== undefined) return JSON.stringify(field.const);
  if (field.enum) return field.enum.map((v) => JSON.stringify(v)).join(' | ');
  const choices = field.anyOf ?? field.oneOf;
  if (choices) return [...new Set(choices.map(typeName))].join(' | ');
  if (isSecret(field)) return 'secret';
  if (field.type === 'array') return `list of ${field.items ? typeName(field.items) : 'anything'}`;
  if (field.type === 'object' && typeof field.additionalProperties === 'object') {
    return `map of ${typeName(field.additionalProperties)}`;
  }
  return [field.type ?? 'anything'].flat().join(' | ');
};

/** The marker that stands for `${{ secrets.NAME }}` (engine/step.ts). */
const isSecret = (field: FieldSchema): boolean =>
  field.type === 'object' && Object.keys(field.properties ?? {}).join() === 'secret';
