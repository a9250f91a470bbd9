/** The form that MySQL and MariaDB give a value. It must be, to the byte, that of postgres-canonical.ts. Pure. */
import { type ColumnPair, sharedScale } from './compared-table.ts';

export const quoteMysql = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

const columnOf = ({ mysql }: ColumnPair): string => quoteMysql(mysql.name);

/** 64 hex digits. Every supported server has it; MD5 is a component from MySQL 9.6 on, and FIPS refuses it. */
export const mysqlHash = (value: string): string => `SHA2(${value}, 256)`;

/** `1.500` is `1.5`, `1.000` is `1`. Only for a text with a point in it. */
const trimmed = (text: string): string => `TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM ${text}))`;

const utf8 = new Set(['utf8mb4', 'utf8mb3', 'utf8', 'ascii']);

const unicodeOf = (pair: ColumnPair): string => {
  const { charset } = pair.mysql;
  const column = columnOf(pair);
  // An INET6 is a text without a charset.
  if (charset === null) return `CAST(${column} AS CHAR)`;
  return utf8.has(charset) ? column : `CONVERT(${column} USING utf8mb4)`;
};

const hasCharset = ({ mysql }: ColumnPair): boolean => mysql.family === 'text' || mysql.family === 'set';

const textOf = (pair: ColumnPair): string =>
  hasCharset(pair) ? unicodeOf(pair) : `CAST(${columnOf(pair)} AS CHAR)`;

const numberText = (pair: ColumnPair): string => {
  const { family, isDressed, scale: own } = pair.mysql;
  const column = columnOf(pair);
  // As a double it has all of its digits.
  if (family === 'double') return isDressed ? `(${column} + 0E0)` : column;
  const plain = family === 'bit' || isDressed ? `(${column} + 0)` : column;
  const scale = pair.kind === 'decimal' ? sharedScale(pair) : null;
  if (scale !== null) return scale === own ? plain : `CAST(${plain} AS DECIMAL(65,${scale}))`;
  return own === 0 || pair.kind === 'integer' || pair.kind === 'boolean' ? plain : trimmed(plain);
};

/** @param as of bytes the zeros are cut off at a third of the cost, but only a checksum can use them */
const timeText = ({ kind, mysql }: ColumnPair, as: 'CHAR' | 'BINARY'): string => {
  const column = quoteMysql(mysql.name);
  const whole = kind === 'datetime' && mysql.family === 'date' ? `CAST(${column} AS DATETIME)` : column;
  const text = `CAST(${whole} AS ${as})`;
  return mysql.fraction > 0 ? trimmed(text) : text;
};

const bytesOf = (pair: ColumnPair): string => {
  const column = columnOf(pair);
  const { family, digits } = pair.mysql;
  if (family === 'bit') return `UNHEX(LPAD(HEX(${column} + 0), ${2 * Math.ceil((digits ?? 1) / 8)}, '0'))`;
  // Its own well-known binary: of a geographic system, MySQL 8 has the latitude first.
  if (family === 'geometry') return `ST_AsBinary(${column})`;
  return family === 'bytes' ? column : `CAST(${unicodeOf(pair)} AS BINARY)`;
};

/** Only what has the length of a uuid has dashes and a case that mean nothing. */
const uuidText = (pair: ColumnPair): string => {
  if (pair.mysql.family === 'bytes') return `LOWER(HEX(${columnOf(pair)}))`;
  const text = textOf(pair);
  return `IF(CHAR_LENGTH(${text}) IN (32, 36), LOWER(REPLACE(${text}, '-', '')), ${text})`;
};

/** As rows show it. It is only NULL where the value is, or where the server failed at it. */
export const mysqlCanonical = (pair: ColumnPair): string => {
  switch (pair.kind) {
    case 'integer':
    case 'decimal':
    case 'double':
    case 'boolean':
      return numberText(pair);
    case 'datetime':
    case 'date':
    case 'time':
    case 'interval':
      return timeText(pair, 'CHAR');
    case 'uuid':
      return uuidText(pair);
    case 'bytes':
    case 'wkb': {
      const bytes = bytesOf(pair);
      return `CONCAT(LENGTH(${bytes}), ' bytes, SHA-256 ', ${mysqlHash(bytes)})`;
    }
    case 'bits':
      return `LPAD(BIN(${columnOf(pair)} + 0), ${pair.mysql.digits ?? 1}, '0')`;
    case 'caseless':
    case 'set':
    case 'text':
    case 'json':
      return textOf(pair);
  }
};

const instants = new Set(['datetime', 'date', 'time', 'interval']);

/** As checksums have it: cheaper where the bytes are the same, and folded where only ASCII has a case. */
export const mysqlChecksummed = (pair: ColumnPair): string => {
  if (instants.has(pair.kind)) return timeText(pair, 'BINARY');
  const value = mysqlCanonical(pair);
  if (pair.kind !== 'caseless') return value;
  // Two servers do not fold other letters alike: those are folded here, once the row has travelled.
  return `IF(LENGTH(${value}) = CHAR_LENGTH(${value}), LOWER(${value}), ${value})`;
};

/** Whether it is a zero date; null: it is nothing that could be one. The first test spares most rows the second. */
export const mysqlIsZeroDate = (pair: ColumnPair): string | null => {
  if (pair.kind !== 'datetime' && pair.kind !== 'date') return null;
  const zero = `'0000-00-00${pair.kind === 'datetime' ? ' 00:00:00' : ''}'`;
  return `(${columnOf(pair)} < '0001-01-01' AND ${timeText(pair, 'CHAR')} = ${zero})`;
};

/** Whether the value itself is NULL, or means it; null: it never is. An expression over it may be NULL by a fault. */
export const mysqlIsNull = (pair: ColumnPair, zeroDatesAreNull: boolean): string | null => {
  const zero = zeroDatesAreNull ? mysqlIsZeroDate(pair) : null;
  const tests = [...(pair.mysql.nullable ? [`${columnOf(pair)} IS NULL`] : []), ...(zero ? [zero] : [])];
  return tests.length === 0 ? null : tests.join(' OR ');
};
