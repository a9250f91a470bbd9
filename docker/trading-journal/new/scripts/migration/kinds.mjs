// What a column of MySQL becomes in Postgres. Values come as text (dates, decimals) or numbers and leave as text:
// nothing passes through a float or a time zone.
import { newId } from './ids.mjs';
import { price } from './price.mjs';

const kind = (type, convert) => ({
  type,
  convert: (value, seen) => (value === null ? null : convert(value, seen)),
});

export const text = kind('text', (value) => value);
export const integer = kind('integer', (value) => value);
export const decimal = kind('numeric', (value) => value);
export const priceColumn = kind('numeric', price);
export const day = kind('date', (value) => value);
export const boolean = kind('boolean', (value) => value !== 0);
export const json = kind('jsonb', (value) => value);

/** Supabase Auth lowers addresses: ours must be the same. */
export const email = kind('text', (value) => value.toLowerCase());

/** The app always wrote UTC. A zero date ("never", to old versions) has no place in a calendar. */
export const instant = kind('timestamptz', (value, seen) => {
  if (!value.startsWith('0000-')) return `${value}+00`;
  seen.nulledDates += 1;
  return null;
});

/** An id of this row's own kind, or of the row it points to. */
export const idOf = (entity) => kind('uuid', (value) => newId(entity, value));
