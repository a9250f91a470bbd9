/**
 * The form that Postgres gives a value. It must be, to the byte, that of mysql-canonical.ts. Functions are named with
 * their schema: a search path may hold others of the same name. Pure.
 */
import { literal, type OwnPair, type OwnPlan, type PostgresColumn, sharedScale } from './compared-table.ts';

type Pair = OwnPair<PostgresColumn>;
type Plan = OwnPlan<PostgresColumn>;

export const quotePostgres = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** `schema.table` or `table`, found by the search path. */
export const quoteQualified = (name: string): string => name.split('.').map(quotePostgres).join('.');

const call = (name: string, ...args: readonly string[]): string => `pg_catalog.${name}(${args.join(', ')})`;

/** The bytes of a text in UTF-8, which our session speaks, whatever the database has them in. */
export const utf8Of = (text: string): string => call('textsend', text);

/** @param bytes a bytea */
export const postgresHash = (bytes: string): string => call('encode', call('sha256', bytes), "'hex'");

export const columnOf = ({ own }: Pair): string => `t.${quotePostgres(own.name)}`;

const numberOf = (pair: Pair): string => {
  const column = columnOf(pair);
  const { family, scale: own } = pair.own;
  if (family === 'double') return `${column}::float8`;
  if (pair.kind === 'double') return call('trim_scale', `${column}::numeric`);
  if (pair.kind !== 'decimal') return family === 'boolean' ? `${column}::int` : column;
  const scale = sharedScale(pair);
  if (scale === null) return call('trim_scale', `${column}::numeric`);
  return scale === own && family === 'decimal' ? column : call('round', `${column}::numeric`, String(scale));
};

const textOf = (pair: Pair): string => {
  const column = columnOf(pair);
  if (pair.own.type === 'text') return column;
  // As the type itself writes it: a cast to text may be somebody's own function, and of an inet it is another text.
  if (pair.own.family !== 'other') return `${column}::text`;
  return nullable(pair, call('concat', column));
};

/** An expression that is never NULL by itself, of a column that may be. */
const nullable = (pair: Pair, value: string): string =>
  pair.own.nullable ? `CASE WHEN ${isNull(columnOf(pair))} THEN NULL ELSE ${value} END` : value;

/** IS NULL also is true of a composite value that has only NULLs in it. */
const isNull = (column: string): string => `${column} IS NOT DISTINCT FROM NULL`;

/** Hours may pass a day and a sign stands in front, as in a TIME. A month has no length. */
const intervalOf = (pair: Pair): string => {
  const column = columnOf(pair);
  const seconds = call('concat', `extract(epoch FROM ${column})::float8 * interval '1 second'`);
  const isPlain = `extract(year FROM ${column}) = 0 AND extract(month FROM ${column}) = 0`;
  return nullable(
    pair,
    `CASE WHEN ${isPlain} THEN ${seconds} ELSE ${call('concat', "'interval '", column)} END`,
  );
};

/** The elements in the order of the SET's members, strangers, NULLs and what comes twice kept: those are no SET. */
const setOf = (pair: Pair): string => {
  const column = columnOf(pair);
  const members = ((pair.other.of === 'mysql' ? pair.other.members : null) ?? []).map(literal).join(', ');
  // No member is empty or has a comma in it.
  const element = `CASE WHEN e = '' THEN ',EMPTY,' ELSE ${call('replace', 'e', "','", "',,'")} END`;
  const order = `pg_catalog.array_position(ARRAY[${members}]::text[], e)`;
  const sorted = `ARRAY(SELECT ${element} FROM pg_catalog.unnest(${column}::text[]) AS u(e) ORDER BY ${order}, e)`;
  const list = `pg_catalog.array_to_string(${sorted}, ',', ',NULL,')`;
  const isList = `COALESCE(pg_catalog.array_ndims(${column}), 1) = 1`;
  return nullable(pair, `CASE WHEN ${isList} THEN ${list} ELSE ${call('concat', "'array '", column)} END`);
};

const uuidOf = (pair: Pair): string => {
  const text = `${columnOf(pair)}::text`;
  const folded = `pg_catalog.lower(pg_catalog.replace(${text}, '-', '') COLLATE "C")`;
  if (pair.own.family === 'uuid') return folded;
  return `CASE WHEN pg_catalog.char_length(${text}) IN (32, 36) THEN ${folded} ELSE ${text} END`;
};

const bytesOf = (pair: Pair): string => {
  const column = columnOf(pair);
  const bytes = pair.own.family === 'bytes' ? column : utf8Of(`${column}::text`);
  return `${call('octet_length', bytes)} || ' bytes, SHA-256 ' || ${postgresHash(bytes)}`;
};

const aliasOf = (pair: Pair, plan: Plan): string => `m${mapped(plan).indexOf(pair)}`;

export const mapped = ({ key, rest }: Plan): readonly Pair[] =>
  [...key, ...rest].filter(({ entity }) => entity !== null);

/** The joined row of the id map. */
const oldOf = (pair: Pair, plan: Plan): string =>
  `${aliasOf(pair, plan)}.${quotePostgres(plan.idMap?.old ?? '')}::text`;

/** As rows show it: a value whose text is what the server shows of it, or NULL. */
export const postgresCanonical = (pair: Pair, plan: Plan): string => {
  const column = columnOf(pair);
  if (pair.entity !== null) {
    const old = `COALESCE(${oldOf(pair, plan)}, 'unmapped:' || ${column}::text)`;
    return pair.own.nullable ? `CASE WHEN ${column} IS NOT NULL THEN ${old} END` : old;
  }
  switch (pair.kind) {
    case 'integer':
    case 'decimal':
    case 'double':
    case 'boolean':
      return numberOf(pair);
    case 'datetime':
      if (pair.own.family === 'date') return `${column}::timestamp`;
      return pair.own.hasZone ? `(${column} AT TIME ZONE 'UTC')` : column;
    case 'date':
    case 'time':
      return column;
    case 'interval':
      return intervalOf(pair);
    case 'uuid':
      return uuidOf(pair);
    case 'bytes':
    case 'wkb':
      return bytesOf(pair);
    case 'set':
      return setOf(pair);
    case 'bits':
      return `${column}::text`;
    case 'caseless':
    case 'text':
    case 'json':
      return textOf(pair);
  }
};

/** As checksums have it: folded where only ASCII has a case. */
export const postgresChecksummed = (pair: Pair, plan: Plan): string => {
  const value = postgresCanonical(pair, plan);
  if (pair.kind !== 'caseless') return value;
  return `CASE WHEN pg_catalog.octet_length(${utf8Of(value)}) = pg_catalog.char_length(${value}) THEN pg_catalog.lower(${value} COLLATE "C") ELSE ${value} END`;
};

/** `1`: NULL. `2`: an id that the map has no old one for; no text of MySQL is that. */
export const postgresNull = (pair: Pair, plan: Plan): string => {
  const tests = [
    ...(pair.own.nullable ? [`WHEN ${isNull(columnOf(pair))} THEN '1'`] : []),
    ...(pair.entity === null ? [] : [`WHEN ${oldOf(pair, plan)} IS NULL THEN '2'`]),
  ];
  return tests.length === 0 ? "'0'" : `CASE ${tests.join(' ')} ELSE '0' END`;
};

/** An id without an old one, told from every text by having no length in front; NULL where it has one. */
export const unmapped = (pair: Pair, plan: Plan): string =>
  `CASE WHEN ${columnOf(pair)} IS NOT NULL AND ${oldOf(pair, plan)} IS NULL THEN '?' || ${columnOf(pair)}::text END`;

/** The condition is of the table alone: names of the id map must not be at odds with its own. */
export const postgresFrom = (plan: Plan): string => {
  const { idMap, table, where } = plan;
  const rows = where === undefined ? `${table} t` : `(SELECT * FROM ${table} WHERE (${where}\n)) t`;
  const joins = mapped(plan).map((pair) => {
    const m = aliasOf(pair, plan);
    const on = `${m}.${quotePostgres(idMap?.entity ?? '')} = ${literal(pair.entity ?? '')}`;
    const id = `${m}.${quotePostgres(idMap?.new ?? '')} = t.${quotePostgres(pair.own.name)}`;
    return ` LEFT JOIN ${idMap?.table} ${m} ON ${on} AND ${id}`;
  });
  return `${rows}${joins.join('')}`;
};
