/** What is at the cursor, in a few lines of Markdown. */
import { schemaOf } from '../expr/json-schema.ts';
import { celWord } from '../load/describe.ts';
import type { Examined } from '../load/examine.ts';
import { isMap } from '../load/is-map.ts';
import { LOCAL } from '../load/places.ts';
import { coreKinds } from '../load/schema/core-kinds.ts';
import type { Path } from '../load/yaml-source.ts';
import type { JsonObject } from '../plan.ts';
import type { Registry } from '../registry.ts';
import { clean } from '../text.ts';
import { typeAt, valueAt } from './calls.ts';
import { type ExpressionSite, readOf, sitesIn } from './expression-sites.ts';
import type { Mention } from './mentions.ts';
import { textOfKey } from './schema-at.ts';
import { spotAt } from './spot.ts';
import { describeStep } from './step-card.ts';

export interface Hovered {
  readonly markdown: string;
  /** Offsets. */
  readonly start: number;
  readonly end: number;
}

interface Under {
  readonly examined: Examined;
  readonly registry: Registry;
  readonly mention: Mention | null;
}

export const hover = (offset: number, { examined, registry, mention }: Under): Hovered | null => {
  const { source, root } = examined;
  const spot = spotAt(source, offset);
  if (!spot?.node.range) return null;
  const [start, end] = spot.node.range;
  const site = sitesIn(spot, source.text).find(
    ({ start: from, text }) => from <= offset && offset <= from + text.length,
  );
  const named = mention && describeName(mention, examined);
  if (site) {
    const lines = [describeExpression(site, examined, registry), named].filter((line) => line !== null);
    return { markdown: lines.join('\n\n---\n\n'), start: site.start, end: site.start + site.text.length };
  }
  if (named && mention) return { markdown: named, start: mention.start, end: mention.end };
  const markdown = spot.isKey
    ? textOfKey(root, spot.path, registry)
    : spot.path.at(-1) === 'type'
      ? describeType(String(spot.node.value), spot.path, examined, registry)
      : null;
  return markdown === null || markdown === '' ? null : { markdown, start, end };
};

const describeType = (
  type: string,
  path: Path,
  { root, steps }: Examined,
  registry: Registry,
): string | null => {
  const step = steps.find((each) => JSON.stringify(each.path) === JSON.stringify(path.slice(0, -1)));
  const known = registry.steps.get(type) ?? coreKinds.find((kind) => kind.type === type);
  if (known && (path[0] === 'steps' || typeAt(root, path.slice(0, -1), registry)))
    return [`**${type}**: ${known.summary}`, step && describeStep(step.step)]
      .filter(Boolean)
      .join('\n\n---\n\n');
  return null;
};

const describeExpression = (site: ExpressionSite, { ctx, root }: Examined, registry: Registry): string => {
  const measure = typeAt(root, readOf(site.path), registry);
  const result = measure && {
    type: measure.type,
    output: schemaOf(measure.output, 'output'),
    sensitive: measure.sensitive ?? [],
  };
  if (site.path[0] === 'invariants') return 'CEL, true or false';
  const checked = ctx.checker.check(site.text.trim(), result ?? undefined);
  if (!checked.ok) return 'CEL, with an error';
  const { type, secret, reads } = checked.checked;
  if (secret !== null) return `CEL: a secret (\`${secret}\`)`;
  const from =
    reads.length > 0 ? `, known once ${reads.map(({ step }) => `\`${step}\``).join(', ')} has ended` : '';
  // Made-up names of the shapes of outputs say nothing.
  const shown = /^[A-Z]/.test(type) ? celWord(type) : `\`${type}\``;
  return `CEL: ${shown}${from}`;
};

const json = (value: unknown): string => `\`${JSON.stringify(value)}\``;

/** null: nothing is declared under that name. */
const describeName = ({ kind, name }: Mention, { root, ctx, steps }: Examined): string | null => {
  const declared = (section: string): JsonObject | null => {
    const found = valueAt(root, [section, name]);
    return isMap(found) ? found : null;
  };
  switch (kind) {
    case 'step': {
      const step = steps.find((each) => each.step.id === name)?.step;
      if (step) return describeStep(step);
      const indexed = ctx.steps.find(name);
      return indexed ? `**${name}** · \`${indexed.type}\` (it has errors)` : null;
    }
    case 'var': {
      const v = declared('vars');
      if (!v) return null;
      const value = Object.hasOwn(ctx.vars, name)
        ? `, value ${json(ctx.vars[name])}`
        : ', no value given here';
      const text = typeof v.description === 'string' ? `\n\n${clean(v.description)}` : '';
      return `**vars.${name}**: ${String(v.type)}${value}${text}`;
    }
    case 'local': {
      const written = valueAt(root, ['locals', name]);
      if (written === undefined) return null;
      const value = Object.hasOwn(ctx.locals, name) ? json(ctx.locals[name]) : 'no value here';
      return `**locals.${name}**: ${value}, from ${json(written)}`;
    }
    case 'secret': {
      const source = declared('secrets');
      return source && `**secrets.${name}**, from ${json(source)}`;
    }
    case 'target': {
      const target = ctx.targets.get(name);
      if (name === LOCAL) return 'This machine';
      return target
        ? `**${name}** (${target.type})${target.plan ? `: ${target.plan.description}` : ''}`
        : null;
    }
    case 'approver': {
      const person = declared('approvers');
      return person && `**${name}**: ${String(person.name)}`;
    }
    case 'fact': {
      const fact = valueAt(root, ['facts', name]);
      return fact === undefined ? null : `**facts.${name}**, ${json(fact)} at the start`;
    }
    case 'file':
      return null;
  }
};
