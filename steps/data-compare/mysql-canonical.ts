/** The form that MySQL and MariaDB give a value. It must be, to the byte, that of postgres-canonical.ts. Pure. */
import { type MysqlColumn, type OwnPair, sharedScale } from './compared-table.ts';

type Pair = OwnPair<MysqlColumn>;

export const quoteMysql = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

const columnOf = ({ own }: Pair): string => quoteMysql(own.name);

/** 64 hex digits. Every supported server has it; MD5 is a component from MySQL 9.6 on, and FIPS refuses it. */
export const mysqlHash = (value: string): string => `SHA2(${value}, 256)`;

/** `1.500` is `1.5`, `1.000` is `1`. Only for a text with a point in it. */
const trimmed = (text: string): string => `TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM ${text}))`;

const utf8 = new Set(['utf8mb4', 'utf8mb3', 'utf8', 'ascii']);

const unicodeOf = (pair: Pair): string => {
  const { charset } = pair.own;
  const column = columnOf(pair);
  // An INET6 is a text without a charset.
  if (charset === null) return `CAST(${column} AS CHAR)`;
  return utf8.has(charset) ? column : `CONVERT(${column} USING utf8mb4)`;
};

const hasCharset = ({ own }: Pair): boolean => own.family === 'text' || own.family === 'set';

const textOf = (pair: Pair): string =>
  hasCharset(pair) ? unicodeOf(pair) : `CAST(${columnOf(pair)} AS CHAR)`;

const numberText = (pair: Pair): string => {
  const { family, isDressed, scale: own } = pair.own;
  const column = columnOf(pair);
  // As a double it has all of its digits.
  if (family === 'double') return isDressed ? `(${column} + 0E0)` : column;
  const plain = family === 'bit' || isDressed ? `(${column} + 0)` : column;
  const scale = pair.kind === 'decimal' ? sharedScale(pair) : null;
  if (scale !== null) return scale === own ? plain : `CAST(${plain} AS DECIMAL(65,${scale}))`;
  return own === 0 || pair.kind === 'integer' || pair.kind === 'boolean' ? plain : trimmed(plain);
};

/** @param as of bytes the zeros are cut off at a third of the cost, but only a checksum can use them */
const timeText = ({ kind, own }: Pair, as: 'CHAR' | 'BINARY'): string => {
  const column = quoteMysql(own.name);
  const whole = kind === 'datetime' && own.family === 'date' ? `CAST(${column} AS DATETIME)` : column;
  const text = `CAST(${whole} AS ${as})`;
  return own.fraction > 0 ? trimmed(text) : text;
};

const bytesOf = (pair: Pair): string => {
  const column = columnOf(pair);
  const { family, digits } = pair.own;
  if (family === 'bit') return `UNHEX(LPAD(HEX(${column} + 0), ${2 * Math.ceil((digits ?? 1) / 8)}, '0'))`;
  // Its own well-known binary: of a geographic system, MySQL 8 has the latitude first.
  if (family === 'geometry') return `ST_AsBinary(${column})`;
  return family === 'bytes' ? column : `CAST(${unicodeOf(pair)} AS BINARY)`;
};

/** Only what has the length of a uuid has dashes and a case that mean nothing. */
const uuidText = (pair: Pair): string => {
  if (pair.own.family === 'bytes') return `LOWER(HEX(${columnOf(pair)}))`;
  const text = textOf(pair);
  return `IF(CHAR_LENGTH(${text}) IN (32, 36), LOWER(REPLACE(${text}, '-', '')), ${text})`;
};

/** As rows show it. It is only NULL where the value is, or where the server failed at it. */
export const mysqlCanonical = (pair: Pair): string => {
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
      return `LPAD(BIN(${columnOf(pair)} + 0), ${pair.own.digits ?? 1}, '0')`;
    case 'caseless':
    case 'set':
    case 'text':
    case 'json':
      return textOf(pair);
  }
};

const instants = new Set(['datetime', 'date', 'time', 'interval']);

/** As checksums have it: cheaper where the bytes are the same, and folded where only ASCII has a case. */
export const mysqlChecksummed = (pair: Pair): string => {
  if (instants.has(pair.kind)) return timeText(pair, 'BINARY');
  const value = mysqlCanonical(pair);
  if (pair.kind !== 'caseless') return value;
  // Two servers do not fold other letters alike: those are folded here, once the row has travelled.
  return `IF(LENGTH(${value}) = CHAR_LENGTH(${value}), LOWER(${value}), ${value})`;
};

/** Whether it is a zero date; null: it is nothing that could be one. The first test spares most rows the second. */
export const mysqlIsZeroDate = (pair: Pair): string | null => {
  if (pair.kind !== 'datetime' && pair.kind !== 'date') return null;
  const zero = `'0000-00-00${pair.kind === 'datetime' ? ' 00:00:00' : ''}'`;
  return `(${columnOf(pair)} < '0001-01-01' AND ${timeText(pair, 'CHAR')} = ${zero})`;
};

/** Whether the value itself is NULL, or means it; null: it never is. An expression over it may be NULL by a fault. */
export const mysqlIsNull = (pair: Pair, zeroDatesAreNull: boolean): string | null => {
  const zero = zeroDatesAreNull ? mysqlIsZeroDate(pair) : null;
  const tests = [...(pair.own.nullable ? [`${columnOf(pair)} IS NULL`] : []), ...(zero ? [zero] : [])];
  return tests.length === 0 ? null : tests.join(' OR ');
};
