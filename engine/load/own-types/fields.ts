/** The input of a template type, as the schema that judges a step's `with`. */
import * as z from 'zod';
import { secretable } from '../../step.ts';
import { parseDuration } from '../duration.ts';
import type { Field, field } from './schema.ts';

type Written = z.output<typeof field>;
type Word = Extract<Written, string>;

const duration = z.string().refine((text) => parseDuration(text).ok, 'a duration like "5m" was expected');

const words = {
  string: () => z.string(),
  int: () => z.int(),
  bool: () => z.boolean(),
  duration: () => duration,
} satisfies Record<Word, () => z.ZodType>;

const itemOf = (items: Field['items']): z.ZodType => {
  if (items === undefined) return z.json();
  if (typeof items === 'string') return words[items]();
  return z.strictObject(Object.fromEntries(Object.entries(items).map(([name, of]) => [name, words[of]()])));
};

const typedValue = ({ type, values, items, secret }: Field): z.ZodType => {
  switch (type) {
    case 'string':
      return secret ? secretable : z.string();
    case 'enum':
      return z.enum(values ?? []);
    case 'list':
      return z.array(itemOf(items));
    case 'map':
      return items === undefined || typeof items === 'string'
        ? z.record(z.string(), itemOf(items))
        : itemOf(items);
    default:
      return words[type]();
  }
};

export const fieldOf = (written: Written): Field =>
  typeof written === 'string' ? { type: written } : written;

/** What is wrong with the declaration itself, with the key that it is about; null: nothing. */
export const faultIn = (of: Field): { readonly key: string; readonly why: string } | null => {
  if ((of.type === 'enum') !== (of.values !== undefined))
    return {
      key: 'type',
      why: of.type === 'enum' ? 'an enum needs `values`' : '`values` are only for the type enum',
    };
  if (of.items !== undefined && of.type !== 'list' && of.type !== 'map')
    return { key: 'items', why: '`items` are only for the types list and map' };
  if (of.secret && of.type !== 'string') return { key: 'secret', why: 'only a text can hold a secret' };
  if (of.required && of.default !== undefined)
    return { key: 'required', why: 'it is required and has a default: only one of the two is possible' };
  if (of.default === undefined) return null;
  const fits = typedValue(of).safeParse(of.default);
  return fits.success ? null : { key: 'default', why: `its default is not of the type ${of.type}` };
};

/** Whether a step may leave it out, without a value of its own. */
export const mayMiss = (of: Field): boolean => of.required === false && of.default === undefined;

export const zodOf = (of: Field): z.ZodType => {
  const value = typedValue(of);
  const described = of.description === undefined ? value : value.describe(of.description);
  if (of.default !== undefined) return described.default(of.default);
  return mayMiss(of) ? described.optional() : described;
};
