/** The keys around the `with` of a step, by where they stand: made from the schemas of the loader. */
import * as z from 'zod';
import { group } from './loops.ts';
import { use } from './parts.ts';
import { act, check, gate, parallel, pointOfNoReturn, rollback, undoAct, wait } from './steps.ts';
import { checklist, watch } from './watch.ts';

export interface CommonKeys {
  readonly id: string;
  readonly title: string;
  readonly keys: z.ZodObject;
}

const kinds = { gate, wait, watch, checklist };

const only = (schema: z.ZodObject, wanted: (key: string) => boolean): z.ZodObject =>
  z.strictObject(Object.fromEntries(Object.entries(schema.shape).filter(([key]) => wanted(key))));

/** Of the same meaning in each kind of step. */
const isShared = (key: string): boolean =>
  key !== 'type' && key !== 'with' && [act, ...Object.values(kinds)].every((kind) => key in kind.shape);

export const commonKeys: readonly CommonKeys[] = [
  { id: 'every', title: 'every step', keys: only(act, isShared) },
  { id: 'act', title: 'a step of a step type, besides', keys: only(act, (key) => !isShared(key)) },
  ...Object.entries(kinds).flatMap(([id, kind]) => {
    const keys = only(kind, (key) => key !== 'type' && key !== 'with' && !isShared(key));
    return Object.keys(keys.shape).length > 0 ? [{ id, title: `a ${id}, besides`, keys }] : [];
  }),
  { id: 'check', title: 'a check (preconditions, verify)', keys: check },
  { id: 'rollback', title: 'rollback of a step', keys: rollback },
  { id: 'undo', title: 'a step of `undo`', keys: undoAct },
  { id: 'group', title: 'a group', keys: group },
  { id: 'uses', title: 'a part', keys: use },
  { id: 'parallel', title: 'steps beside each other', keys: parallel },
  { id: 'point_of_no_return', title: 'the point of no return', keys: pointOfNoReturn },
];

/** Shown in a section of their own. */
const named = new Map<unknown, string>([
  [check, 'check'],
  [rollback, 'rollback'],
  [undoAct, 'undo step'],
]);

/** As JSON Schema. A schema that has a section of its own is named instead of written out. */
export const commonSchema = (keys: z.ZodType): object =>
  z.toJSONSchema(keys, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // zod leaves the default of a text out that is parsed to something else.
      const preset = z.globalRegistry.get(zodSchema)?.default;
      if (preset !== undefined) jsonSchema.default = preset;
      const title = named.get(zodSchema);
      if (title === undefined || zodSchema === (keys as unknown)) return;
      for (const key of ['properties', 'required', 'additionalProperties'] as const) delete jsonSchema[key];
      jsonSchema.title = title;
    },
  });
