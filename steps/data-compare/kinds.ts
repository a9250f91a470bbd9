/** What a column's values are compared as, once both servers have said what the column is. Pure. */

/** One canonical text each; `json` has none in SQL, and is compared here. */
export const kinds = [
  'integer',
  'decimal',
  'double',
  'boolean',
  'datetime',
  'date',
  'time',
  'text',
  // Addresses of mail: one side may have lowered them.
  'caseless',
  'uuid',
  'bytes',
  'json',
] as const;

export type Kind = (typeof kinds)[number];

/** What a server's type is at heart. `other` can only be compared as its text. */
export type Family =
  | 'integer'
  | 'bit'
  | 'decimal'
  | 'double'
  | 'boolean'
  | 'datetime'
  | 'date'
  | 'time'
  | 'text'
  | 'uuid'
  | 'bytes'
  | 'json'
  | 'other';

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
  set: 'text',
  uuid: 'uuid',
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
  text: 'text',
  varchar: 'text',
  bpchar: 'text',
  citext: 'text',
  name: 'text',
  uuid: 'uuid',
  bytea: 'bytes',
  json: 'json',
  jsonb: 'json',
};

/** @param dataType information_schema's DATA_TYPE */
export const mysqlFamily = (dataType: string): Family => mysqlFamilies[dataType.toLowerCase()] ?? 'other';

/** @param typeName pg_type.typname, of a domain its base type's; @param isEnum pg_type.typtype is `e` */
export const postgresFamily = (typeName: string, isEnum: boolean): Family =>
  isEnum ? 'text' : (postgresFamilies[typeName] ?? 'other');

interface Takes {
  readonly mysql: readonly Family[];
  readonly postgres: readonly Family[];
}

const anything: readonly Family[] = [
  ...new Set([...Object.values(mysqlFamilies), ...Object.values(postgresFamilies), 'other' as const]),
];
const notBytes = anything.filter((family) => family !== 'bytes');

/** What `kinds` may make of a column; bytes have no text that both servers agree on. */
const takes: Readonly<Record<Kind, Takes>> = {
  integer: { mysql: ['integer', 'bit'], postgres: ['integer'] },
  decimal: { mysql: ['integer', 'decimal'], postgres: ['integer', 'decimal'] },
  double: { mysql: ['integer', 'decimal', 'double'], postgres: ['integer', 'decimal', 'double'] },
  boolean: { mysql: ['integer', 'bit'], postgres: ['boolean', 'integer'] },
  datetime: { mysql: ['datetime', 'date'], postgres: ['datetime', 'date'] },
  date: { mysql: ['date'], postgres: ['date'] },
  time: { mysql: ['time'], postgres: ['time'] },
  text: { mysql: notBytes, postgres: notBytes },
  caseless: { mysql: ['text'], postgres: ['text'] },
  uuid: { mysql: ['text', 'bytes', 'uuid'], postgres: ['uuid', 'text'] },
  bytes: { mysql: ['bytes'], postgres: ['bytes'] },
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
  'text text': 'text',
  'text uuid': 'uuid',
  'bytes uuid': 'uuid',
  'uuid uuid': 'uuid',
  'uuid text': 'uuid',
  'bytes bytes': 'bytes',
  'text json': 'json',
  'json json': 'json',
  'json text': 'json',
};

/** null: the pair has no meaning by itself, or `wanted` does not take it. */
export const kindOf = (mysql: Family, postgres: Family, wanted?: Kind): Kind | null => {
  if (wanted === undefined) return usual[`${mysql} ${postgres}`] ?? null;
  return takes[wanted].mysql.includes(mysql) && takes[wanted].postgres.includes(postgres) ? wanted : null;
};

/** The kinds that a runbook could declare for such a pair. */
export const kindsFor = (mysql: Family, postgres: Family): readonly Kind[] =>
  kinds.filter((kind) => kindOf(mysql, postgres, kind) !== null);
