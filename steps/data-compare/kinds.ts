/** What a column's values are compared as, once both servers have said what the column is. Pure. */

import type { Family, Typed } from './family.ts';

/** One canonical text each; `json` has none in SQL, and is compared here. */
export const kinds = [
  'integer',
  'decimal',
  'double',
  'boolean',
  'datetime',
  'date',
  'time',
  // A TIME of MySQL is a length of time, below zero and above a day too.
  'interval',
  'text',
  // Addresses of mail: one side may have lowered them.
  'caseless',
  'uuid',
  'bytes',
  'bits',
  // Members in the order of the SET's definition.
  'set',
  // A geometry of MySQL, and the bytes of its well-known binary form; these have no place for the SRID.
  'wkb',
  'json',
] as const;

export type Kind = (typeof kinds)[number];

const mysqlFamilies: Readonly<Record<string, Family>> = {
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  int: 'integer',
  bigint: 'integer',
  year: 'integer',
  bit: 'bit',
  decimal: 'decimal',
  float: 'double',
  double: 'double',
  datetime: 'datetime',
  timestamp: 'datetime',
  date: 'date',
  time: 'time',
  char: 'text',
  varchar: 'text',
  tinytext: 'text',
  text: 'text',
  mediumtext: 'text',
  longtext: 'text',
  enum: 'text',
  set: 'set',
  uuid: 'uuid',
  inet4: 'text',
  inet6: 'text',
  geometry: 'geometry',
  point: 'geometry',
  linestring: 'geometry',
  polygon: 'geometry',
  multipoint: 'geometry',
  multilinestring: 'geometry',
  multipolygon: 'geometry',
  geomcollection: 'geometry',
  geometrycollection: 'geometry',
  binary: 'bytes',
  varbinary: 'bytes',
  tinyblob: 'bytes',
  blob: 'bytes',
  mediumblob: 'bytes',
  longblob: 'bytes',
  json: 'json',
};

const postgresFamilies: Readonly<Record<string, Family>> = {
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  numeric: 'decimal',
  float4: 'double',
  float8: 'double',
  bool: 'boolean',
  timestamp: 'datetime',
  timestamptz: 'datetime',
  date: 'date',
  time: 'time',
  interval: 'interval',
  text: 'text',
  varchar: 'text',
  bpchar: 'text',
  citext: 'text',
  name: 'text',
  uuid: 'uuid',
  bytea: 'bytes',
  bit: 'bits',
  varbit: 'bits',
  json: 'json',
  jsonb: 'json',
};

/** Types that are known. */
export const mysqlTypes: readonly string[] = Object.keys(mysqlFamilies);
export const postgresTypes: readonly string[] = Object.keys(postgresFamilies);

/** @param dataType information_schema's DATA_TYPE */
export const mysqlFamily = (dataType: string): Family => mysqlFamilies[dataType.toLowerCase()] ?? 'other';

/** @param typeName pg_type.typname, of a domain its base type's; @param how pg_type.typtype, or `array` */
export const postgresFamily = (typeName: string, how: string): Family =>
  how === 'array' ? 'array' : how === 'e' ? 'text' : (postgresFamilies[typeName] ?? 'other');

interface Takes {
  readonly mysql: readonly Family[];
  readonly postgres: readonly Family[];
  /** At least one side is of one of these. */
  readonly oneOf?: readonly Family[];
}

/** What `kinds` may make of a column: only where both servers give the same text or the same bytes for it. */
const takes: Readonly<Record<Kind, Takes>> = {
  integer: { mysql: ['integer', 'bit'], postgres: ['integer'] },
  decimal: { mysql: ['integer', 'decimal'], postgres: ['integer', 'decimal'] },
  double: {
    mysql: ['integer', 'decimal', 'double'],
    postgres: ['integer', 'decimal', 'double'],
    // Two exact numbers would lose digits.
    oneOf: ['double'],
  },
  boolean: { mysql: ['integer', 'bit'], postgres: ['boolean', 'integer'] },
  datetime: { mysql: ['datetime', 'date'], postgres: ['datetime', 'date'] },
  date: { mysql: ['date'], postgres: ['date'] },
  time: { mysql: ['time'], postgres: ['time'] },
  interval: { mysql: ['time'], postgres: ['interval'] },
  text: {
    mysql: ['text', 'set', 'bytes', 'uuid', 'integer', 'decimal', 'date'],
    postgres: ['text', 'bytes', 'uuid', 'integer', 'decimal', 'date', 'boolean', 'other'],
    oneOf: ['text'],
  },
  caseless: { mysql: ['text'], postgres: ['text'] },
  uuid: { mysql: ['text', 'bytes', 'uuid'], postgres: ['uuid', 'text'] },
  bytes: { mysql: ['bytes', 'text', 'bit'], postgres: ['bytes', 'text'], oneOf: ['bytes'] },
  bits: { mysql: ['bit'], postgres: ['bits'] },
  set: { mysql: ['set'], postgres: ['array'] },
  wkb: { mysql: ['geometry'], postgres: ['bytes'] },
  json: { mysql: ['text', 'json'], postgres: ['json', 'text'] },
};

/** What a pair is by itself: only where one meaning is certain. */
const usual: Readonly<Record<string, Kind>> = {
  'integer integer': 'integer',
  'bit integer': 'integer',
  'integer decimal': 'decimal',
  'decimal integer': 'decimal',
  'decimal decimal': 'decimal',
  'double double': 'double',
  'integer boolean': 'boolean',
  'bit boolean': 'boolean',
  'datetime datetime': 'datetime',
  'date date': 'date',
  'time time': 'time',
  'time interval': 'interval',
  'text text': 'text',
  'set text': 'text',
  'set array': 'set',
  'text uuid': 'uuid',
  'bytes uuid': 'uuid',
  'uuid uuid': 'uuid',
  'uuid text': 'uuid',
  'bytes bytes': 'bytes',
  'bytes text': 'bytes',
  'text bytes': 'bytes',
  'bit bytes': 'bytes',
  'bit bits': 'bits',
  'geometry bytes': 'wkb',
  'text json': 'json',
  'json json': 'json',
  'json text': 'json',
};

/** Between two servers of one kind: whatever the server itself gives the same text for. */
const alike: Readonly<Record<Typed['of'], Readonly<Partial<Record<Family, Kind>>>>> = {
  mysql: { set: 'text', geometry: 'wkb', bit: 'integer' },
  postgres: {
    boolean: 'boolean',
    interval: 'text',
    array: 'text',
    bits: 'bits',
    other: 'text',
  },
};

const isTaken = (kind: Kind, here: Typed, there: Typed): boolean => {
  const { oneOf, ...each } = takes[kind];
  return (
    each[here.of].includes(here.family) &&
    each[there.of].includes(there.family) &&
    (oneOf === undefined || oneOf.includes(here.family) || oneOf.includes(there.family))
  );
};

/** The pair by itself. Of two kinds of server, the table has MySQL first. */
const usualOf = (here: Typed, there: Typed): Kind | null => {
  const own = here.of === there.of && here.family === there.family ? alike[here.of][here.family] : undefined;
  if (own !== undefined) return own;
  const [first, second] = here.of === 'postgres' && there.of === 'mysql' ? [there, here] : [here, there];
  const kind = usual[`${first.family} ${second.family}`] ?? usual[`${second.family} ${first.family}`];
  return kind !== undefined && isTaken(kind, here, there) ? kind : null;
};

/** null: the pair has no meaning by itself, or `wanted` does not take it. */
export const kindOf = (here: Typed, there: Typed, wanted?: Kind): Kind | null => {
  if (wanted === undefined) return usualOf(here, there);
  if (!isTaken(wanted, here, there)) return null;
  // The text of bytes is these bytes: not every string of bytes is one in UTF-8.
  return wanted === 'text' && (here.family === 'bytes' || there.family === 'bytes') ? 'bytes' : wanted;
};

/** The kinds that a runbook could declare for such a pair. */
export const kindsFor = (here: Typed, there: Typed): readonly Kind[] =>
  kinds.filter((kind) => kindOf(here, there, kind) === kind);
