/** The runbook file as a JSON Schema, for editors. The loader is stricter: it also judges what values mean. */
import type { JsonSchema } from '../expr/json-schema.ts';
import type { Registry } from '../registry.ts';
import type { AnyStepType } from '../step.ts';
import type { AnyTargetKind } from '../target.ts';
import { entrySnippets } from './json-schema/snippets.ts';
import { asWritten, expression, filled, hoist, input, ref } from './json-schema/values.ts';
import { LOCAL } from './places.ts';
import { coreKinds } from './schema/core-kinds.ts';
import { frame, sections } from './schema/document.ts';
import { group } from './schema/loops.ts';
import { use } from './schema/parts.ts';
import * as steps from './schema/steps.ts';
import * as watches from './schema/watch.ts';

/** Described by the branch of its type. */
const anyInput: JsonSchema = { type: 'object' };

const list = (name: string): JsonSchema => ({ type: 'array', minItems: 1, items: ref(name) });

const keyOf = (schema: JsonSchema, key: string): JsonSchema => (schema.properties?.[key] ?? {}) as JsonSchema;

/** `schema` with some of its keys defined elsewhere; their texts stay. */
const swap = (schema: JsonSchema, by: Record<string, JsonSchema>): JsonSchema => {
  const swapped = Object.entries(by).map(([key, to]) => {
    const { description, markdownDescription } = keyOf(schema, key);
    const texts = {
      ...(description !== undefined && { description }),
      ...(markdownDescription !== undefined && { markdownDescription }),
    };
    return [key, { ...texts, ...to }];
  });
  return { ...schema, properties: { ...schema.properties, ...Object.fromEntries(swapped) } };
};

/** As `swap`, for the keys of the `with` of a kind of the core. */
const swapWith = (schema: JsonSchema, by: Record<string, JsonSchema>): JsonSchema => ({
  ...schema,
  properties: { ...schema.properties, with: swap(keyOf(schema, 'with'), by) },
});

interface Named {
  readonly type: string;
  readonly summary: string;
}

/** Editors show the texts of all types at once. */
const firstSentence = (text: string): string => /^.*?\.(?= [A-Z]|$)/s.exec(text)?.[0] ?? text;

/**
 * A step type of the runbook's own (`step_types`) has a dot, so that a misspelt name is still told; its first word is
 * none of the engine's. What such a type takes, only the schema of that runbook says (`runbook schema --runbook`).
 */
const ownType = (types: readonly Named[]): JsonSchema => {
  const families = new Set(types.flatMap(({ type }) => (type.includes('.') ? [type.split('.')[0]] : [])));
  return {
    type: 'string',
    pattern: `^(?!(?:${[...families].join('|')})\\.)[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)+$`,
  };
};

const choice = (description: string, types: readonly Named[]): JsonSchema => ({
  description,
  type: 'string',
  enum: types.map(({ type }) => type),
  enumDescriptions: types.map(({ summary }) => firstSentence(summary)),
});

const stepChoice = (description: string, types: readonly Named[]): JsonSchema => {
  const { description: _, ...known } = choice(description, types);
  return { description, anyOf: [known, ownType(types)] };
};

/** The branch of the schema for one value of `type`: editors judge and complete by it alone. */
const branch = (type: string, then: JsonSchema): JsonSchema => ({
  if: { properties: { type: { const: type } }, required: ['type'] },
  then,
});

const callBranch = ({ type, summary, input, targets }: AnyStepType & { input: unknown }): JsonSchema => {
  const needs = [
    ...((input as JsonSchema).required?.length ? ['with'] : []),
    ...(targets.length > 0 ? ['target'] : []),
  ];
  const target = targets.length > 0 && {
    target: { description: `name of a target of type ${targets.join(' or ')}` },
  };
  return branch(type, {
    properties: { with: { description: summary, ...ref(type) }, ...target },
    ...(needs.length > 0 && { required: needs }),
  });
};

const targetSchema = (
  { kind, config, via }: AnyTargetKind,
  { type, via: through, for_each }: Record<string, JsonSchema>,
) => {
  const own = input(config);
  return {
    ...own,
    properties: { type: { ...type, const: kind }, ...(via && { via: through }), for_each, ...own.properties },
    required: ['type', ...(own.required ?? [])],
  } as JsonSchema;
};

/** A section of the file, and whether the loader fills in vars. */
const sectionSchemas = (): Record<string, JsonSchema> => {
  const raw = new Set(['vars', 'locals', 'targets', 'step_types']);
  return Object.fromEntries(
    Object.entries(sections).map(([name, section]) => [
      name,
      raw.has(name) ? asWritten(section) : filled(section),
    ]),
  );
};

export const runbookJsonSchema = (registry: Registry): JsonSchema => {
  const hoisted: Record<string, JsonSchema> = {};
  const types = [...registry.steps.values()]
    .sort((a, b) => (a.type < b.type ? -1 : 1))
    .map((type) => ({ ...type, input: hoist(input(type.input), type.type, hoisted) }));
  const kinds = [...registry.targets.values()].filter(({ kind }) => kind !== LOCAL);
  const targetKeys = asWritten(sections.targets).additionalProperties as JsonSchema;
  const keysOfTarget = targetKeys.properties as Record<string, JsonSchema>;

  /** Whatever calls a step type: its keys, and the branch of its type. */
  const call = (schema: JsonSchema): JsonSchema => ({
    ...schema,
    properties: { ...schema.properties, type: ref('act-type'), with: anyInput },
    allOf: [ref('by-type')],
  });
  const guards = { preconditions: list('check'), verify: list('check') };
  const rollback = filled(steps.rollback);
  const [auto, none] = keyOf(rollback, 'undo').anyOf as JsonSchema[];
  const undo = { anyOf: [auto, none, list('undo')] } as JsonSchema;
  const act = swap(filled(steps.act), { ...guards, rollback: swap(rollback, { ...guards, undo }) });

  const line = filled(steps.pointOfNoReturn);
  const lineKeys = swap(keyOf(line, 'point_of_no_return'), { would_lose: ref('check') });
  const cores = {
    gate: filled(steps.gate),
    wait: filled(steps.wait),
    watch: swapWith(filled(watches.watch), { measure: ref('measure'), on_trip: list('undo') }),
    checklist: swapWith(filled(watches.checklist), { items: list('item') }),
  } satisfies Record<steps.CoreType, JsonSchema>;
  const root = asWritten(frame);
  const sectionsByName = sectionSchemas();
  const everyType = [...types, ...coreKinds].sort((a, b) => (a.type < b.type ? -1 : 1));
  const typeText = 'the step type; `runbook steps TYPE` explains it';

  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'runbook',
    ...swap(root, {
      ...sectionsByName,
      targets: { ...sectionsByName.targets, additionalProperties: ref('target') },
      steps: list('entry'),
    }),
    $defs: {
      expression,
      entry: {
        type: 'object',
        defaultSnippets: entrySnippets,
        if: { required: ['parallel'] },
        // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema
        then: ref('parallel'),
        else: {
          if: { required: ['point_of_no_return'] },
          // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema
          then: ref('line'),
          else: {
            if: { required: ['group'] },
            // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema
            then: ref('group'),
            else: {
              if: { required: ['uses'] },
              // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema
              then: ref('use'),
              else: ref('step'),
            },
          },
        },
      },
      step: {
        type: 'object',
        properties: { type: ref('step-type') },
        required: ['id', 'type'],
        if: { properties: { type: { enum: [...steps.CORE_TYPES] } }, required: ['type'] },
        // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema
        then: { allOf: steps.CORE_TYPES.map((type) => branch(type, ref(type))) },
        else: ref('act'),
      },
      ...cores,
      // Which types there are is said by what leads here.
      act: { ...call(act), properties: { ...act.properties, type: {}, with: anyInput } },
      'parallel-act': { type: 'object', properties: { type: ref('act-type') }, allOf: [ref('act')] },
      branch: {
        type: 'object',
        if: { required: ['group'] },
        // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema
        then: ref('group'),
        else: {
          if: { required: ['uses'] },
          // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema
          then: ref('use'),
          else: ref('parallel-act'),
        },
      },
      parallel: swap(filled(steps.parallel), { parallel: list('branch') }),
      group: swap(filled(group), { group: list('entry') }),
      use: filled(use),
      line: { ...line, properties: { point_of_no_return: lineKeys } },
      check: call(filled(steps.check)),
      undo: call(filled(steps.undoAct)),
      measure: call(filled(watches.measure)),
      item: swap(filled(watches.item), { check: ref('check') }),
      'step-type': stepChoice(typeText, everyType),
      'act-type': stepChoice(typeText, types),
      'by-type': { allOf: types.map(callBranch) },
      target: {
        type: 'object',
        properties: {
          type: choice(
            keysOfTarget.type?.description ?? '',
            kinds.map(({ kind, via }) => ({
              type: kind,
              summary: via ? 'reached directly, or through an ssh target (`via`)' : 'reached directly',
            })),
          ),
        },
        required: ['type'],
        allOf: kinds.map(({ kind }) => branch(kind, ref(`target-${kind}`))),
      },
      ...Object.fromEntries(kinds.map((kind) => [`target-${kind.kind}`, targetSchema(kind, keysOfTarget)])),
      ...Object.fromEntries(types.map(({ type, input }) => [type, input])),
      ...hoisted,
    },
  };
};

export const runbookSchemaText = (registry: Registry): string =>
  `${JSON.stringify(runbookJsonSchema(registry), null, 2)}\n`;
