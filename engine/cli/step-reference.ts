/** One step type, or kind of the core, as text. Generated from the schema. */
import { stringify } from 'yaml';
import * as z from 'zod';
import type { CoreKind } from '../load/schema/core-kinds.ts';
import { type AnyStepType, secretable } from '../step.ts';
import { describeSchema, type FieldSchema } from './field-schema.ts';

export const stepReference = (type: AnyStepType): string => {
  const input = z.toJSONSchema(type.input, { io: 'input', unrepresentable: 'any' }) as FieldSchema;
  const output = z.toJSONSchema(type.output, { unrepresentable: 'any' }) as FieldSchema;
  const sections = [
    `${type.type} (version ${type.version})\n  ${type.summary}`,
    `with:\n${describeSchema(input, 'given')}`,
    `output (steps['<id>'].output):\n${describeSchema(output, 'produced')}`,
    `runs on: ${type.places.join(', ')}`,
    ...(type.targets.length > 0 ? [`target: required, of type ${type.targets.join(' or ')}`] : []),
    `effects: ${effectsOf(type)}`,
    `undo: ${undoOf(type)}`,
    `outcome unknown: ${afterUnknown(type)}`,
    ...(type.examples.length > 0
      ? [`examples:\n${type.examples.map((e) => typeExample(type, e)).join('\n')}`]
      : []),
  ];
  return `${sections.join('\n\n')}\n`;
};

export const coreReference = (kind: CoreKind): string => {
  const input = z.toJSONSchema(kind.input, { io: 'input', unrepresentable: 'any' }) as FieldSchema;
  const sections = [
    `${kind.type} (part of the engine)\n  ${kind.summary}`,
    `with:\n${describeSchema(input, 'given')}`,
    ...(kind.output
      ? [
          `output (steps['<id>'].output, once it is over):\n${describeSchema(
            z.toJSONSchema(kind.output, { unrepresentable: 'any' }) as FieldSchema,
            'produced',
          )}`,
        ]
      : []),
    `other keys: ${kind.beside.join(', ')}`,
    `examples:\n${kind.examples.map((e) => exampleOf(e.title, e.step)).join('\n')}`,
  ];
  return `${sections.join('\n\n')}\n`;
};

/** The effects of a type may depend on its input, so its examples are used. */
const effectsOf = (type: AnyStepType): string => {
  const seen = new Set(
    type.examples.flatMap((e) => {
      const parsed = type.input.safeParse(e.with);
      return parsed.success ? [type.effects(parsed.data)] : [];
    }),
  );
  return seen.size === 2 ? 'read or write, depending on its input' : ([...seen][0] ?? 'write');
};

const afterUnknown = ({ onUnknown, rerunsSafely }: AnyStepType): string => {
  if (onUnknown === 'rerun') return 'it is run again, which is safe';
  return rerunsSafely
    ? 'it is run again where its input says that this is safe, else a person is asked'
    : 'a person is asked';
};

const undoOf = (type: AnyStepType): string => {
  if (type.undoes && type.canUndo)
    return 'auto if the input describes the undo; if not, write a rollback.undo for the step';
  if (type.undoes) return 'auto: the state before the step is restored';
  return effectsOf(type) === 'read' ? 'nothing to undo' : 'none built in; write a rollback.undo for the step';
};

const exampleOf = (title: string, step: unknown): string => {
  const indented = stringify([step], { lineWidth: 0 }).trimEnd().replaceAll(/^/gm, '    ');
  return `  # ${title}\n${indented}`;
};

const typeExample = (type: AnyStepType, example: AnyStepType['examples'][number]): string =>
  exampleOf(example.title, { id: 'example', type: type.type, with: asWritten(example.with) });

/** Examples contain loaded values; a reader needs the text of the file. */
const asWritten = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(asWritten);
  if (typeof value !== 'object' || value === null) return value;
  const secret = 'secret' in value ? secretable.safeParse(value) : null;
  if (secret?.success && typeof secret.data === 'object') {
    return secret.data.secret
      .map((part) => (typeof part === 'string' ? part : `\${{ secrets.${part.name} }}`))
      .join('');
  }
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, asWritten(v)]));
};
