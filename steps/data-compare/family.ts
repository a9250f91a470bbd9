/** What a server's type is, as far as comparing two columns needs it. */

/**
 * What a server's type is at heart. `other`: of Postgres one that is only of use as its text, which every type has; of
 * MySQL one that nothing is known of.
 */
export type Family =
  | 'integer'
  | 'bit'
  | 'decimal'
  | 'double'
  | 'boolean'
  | 'datetime'
  | 'date'
  | 'time'
  | 'interval'
  | 'text'
  | 'set'
  | 'array'
  | 'uuid'
  | 'bytes'
  | 'bits'
  | 'geometry'
  | 'json'
  | 'other';

/** A column's server and family. */
export interface Typed {
  readonly of: 'mysql' | 'postgres';
  readonly family: Family;
}
