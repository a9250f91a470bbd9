/** What may be at a place of the file, by the schemas that the loader judges with. */
import { type JsonSchema, schemaOf, schemasAt } from '../expr/json-schema.ts';
import { isMap } from '../load/is-map.ts';
import { frame, sections } from '../load/schema/document.ts';
import { group } from '../load/schema/loops.ts';
import * as steps from '../load/schema/steps.ts';
import * as watches from '../load/schema/watch.ts';
import type { Path } from '../load/yaml-source.ts';
import type { Json } from '../plan.ts';
import type { Registry } from '../registry.ts';
import { typeAt, valueAt } from './calls.ts';
import { entryPath } from './entry-path.ts';

const entrySchema = (entry: Json | undefined): JsonSchema => {
  if (!isMap(entry)) return schemaOf(steps.act, 'input');
  if ('point_of_no_return' in entry) return schemaOf(steps.pointOfNoReturn, 'input');
  if ('parallel' in entry) return schemaOf(steps.parallel, 'input');
  if ('group' in entry) return schemaOf(group, 'input');
  switch (entry.type) {
    case 'gate':
      return schemaOf(steps.gate, 'input');
    case 'wait':
      return schemaOf(steps.wait, 'input');
    case 'watch':
      return schemaOf(watches.watch, 'input');
    case 'checklist':
      return schemaOf(watches.checklist, 'input');
    default:
      return schemaOf(steps.act, 'input');
  }
};

/** Empty: the path leads nowhere. */
export const schemasAtPath = (root: Json, path: Path, registry: Registry): readonly JsonSchema[] => {
  // The innermost `with` of a step type decides.
  for (let i = path.lastIndexOf('with'); i > 0; i = path.slice(0, i).lastIndexOf('with')) {
    const type = typeAt(root, path.slice(0, i), registry);
    if (type) return schemasAt(schemaOf(type.input, 'input'), path.slice(i + 1));
  }
  const [section, second] = path;
  if (section === undefined) return schemasAt(schemaOf(frame, 'input'), []);
  if (section === 'steps') {
    if (second === undefined) return schemasAt(schemaOf(frame, 'input'), path);
    const entry = entryPath(path) ?? path.slice(0, 2);
    return schemasAt(entrySchema(valueAt(root, entry)), path.slice(entry.length));
  }
  if (section === 'targets' && second !== undefined) return targetSchemas(root, path, registry);
  const own = Object.hasOwn(sections, section) ? sections[section as keyof typeof sections] : undefined;
  return own && path.length > 1
    ? schemasAt(schemaOf(own, 'input'), path.slice(1))
    : schemasAt(own ? schemaOf(own, 'input') : schemaOf(frame, 'input'), own ? [] : path);
};

const targetSchemas = (root: Json, path: Path, registry: Registry): readonly JsonSchema[] => {
  const declared = valueAt(root, path.slice(0, 2));
  const kind = isMap(declared) ? registry.targets.get(String(declared.type)) : undefined;
  const common = schemasAt(schemaOf(sections.targets, 'input'), path.slice(1));
  return kind ? [...schemasAt(schemaOf(kind.config, 'input'), path.slice(2)), ...common] : common;
};

/** The text of the schema for a key, as hover shows it. */
export const textOfKey = (root: Json, path: Path, registry: Registry): string | null => {
  const key = String(path.at(-1));
  if (path.length === 1 && Object.hasOwn(sections, key))
    return schemaOf(sections[key as keyof typeof sections], 'input').description ?? null;
  const parents = schemasAtPath(root, path.slice(0, -1), registry);
  for (const { properties } of parents) {
    const own = properties && Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (typeof own === 'object' && own.description) return own.description;
  }
  return null;
};
