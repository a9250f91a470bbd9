/** The sections of the file around its steps. */
import type * as z from 'zod';
import type { Path } from '../expr/json-schema.ts';
import { hasPlaceholder } from '../expr/placeholders.ts';
import type { Json, JsonObject } from '../plan.ts';
import type { LoadContext } from './context.ts';
import { shown } from './describe.ts';
import { isMap } from './is-map.ts';
import type { Problems } from './problems.ts';
import * as schema from './schema/document.ts';
import { parseFilled, parseSection } from './section.ts';
import type { Source } from './source.ts';

type Section<N extends schema.SectionName> = z.output<(typeof schema.sections)[N]>;

/** Throws where the rest can't mean anything: no map, or another version of the format. */
export const readFrame = (value: Json, source: Source, problems: Problems): JsonObject => {
  if (!isMap(value)) {
    problems.add(
      'RB203',
      { what: 'A runbook', why: `a map was expected, not ${shown(value)}` },
      source.value([]),
    );
    problems.throwIfAny();
    return {};
  }
  if (value.version !== undefined && value.version !== 1 && !hasPlaceholder(shown(value.version))) {
    problems.add('RB205', { got: shown(value.version) }, source.value(['version']));
    problems.throwIfAny();
  }
  parseSection(schema.frame, value, { source, problems, path: [], label: 'the runbook' });
  return value;
};

/** Used as written: vars and locals are what expressions are about, targets are filled one by one. */
export const rawSection = <N extends 'vars' | 'locals' | 'secrets' | 'targets'>(
  name: N,
  { root, source, problems }: { root: JsonObject; source: Source; problems: Problems },
): Section<N> | null => {
  const value = root[name];
  if (value === undefined) return null;
  return parseSection(schema.sections[name], value, {
    source,
    problems,
    path: [name],
    label: `\`${name}\``,
  }) as Section<N> | null;
};

/** With vars filled in. */
export const readSection = <
  N extends 'timeline' | 'approvers' | 'defaults' | 'facts' | 'invariants' | 'spans' | 'lock',
>(
  name: N,
  root: JsonObject,
  ctx: LoadContext,
  skip?: (path: Path) => boolean,
): Section<N> | null => {
  const value = root[name];
  if (value === undefined) return null;
  const label = `\`${name}\``;
  return parseFilled(
    schema.sections[name],
    value,
    { path: [name], label, where: label, ...(skip && { skip }) },
    ctx,
  ) as Section<N> | null;
};

/** Names that a section declares, right or wrong: what refers to a wrong one is not wrong itself. */
export const namesIn = (section: Json | undefined): readonly string[] =>
  isMap(section) ? Object.keys(section) : [];
