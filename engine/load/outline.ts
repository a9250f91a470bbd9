/** The names of a runbook that may be broken, without a judgement of it: quick enough for every key stroke. */
import type { JsonObject } from '../plan.ts';
import type { Registry } from '../registry.ts';
import { isMap } from './is-map.ts';
import { type Names, namesOf } from './names.ts';
import { parseYaml, readableOf } from './parse-yaml.ts';
import { Problems } from './problems.ts';
import { rawSection } from './sections.ts';
import type { Variables } from './vars.ts';
import type { YamlSource } from './yaml-source.ts';

export interface Outline extends Names {
  readonly source: YamlSource;
  /** What can be read of the file. */
  readonly root: JsonObject;
  /** The YAML is well-formed. */
  readonly whole: boolean;
  readonly vars: Variables;
}

export const outlineOf = (text: string, registry: Registry): Outline => {
  const problems = new Problems();
  const { source, value } = parseYaml(text, '', problems);
  const whole = problems.count === 0;
  const read = whole ? value : readableOf(source);
  const root = isMap(read) ? read : {};
  const vars = rawSection('vars', { root, source, problems }) ?? {};
  return { source, root, whole, vars, ...namesOf(root, vars, registry) };
};
