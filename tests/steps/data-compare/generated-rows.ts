/** Rows of every type that both servers have, as fast-check makes them up. */
import { fc } from '../../support/property.ts';

/** The same value as each server's client is given it; null on both sides is NULL. */
export interface Given {
  readonly mysql: unknown;
  readonly postgres: unknown;
}

export interface Shape {
  readonly name: string;
  readonly mysql: string;
  readonly postgres: string;
  readonly values: fc.Arbitrary<Given>;
}

const alike = (value: unknown): Given => ({ mysql: value, postgres: value });
const same = (values: fc.Arbitrary<unknown>): fc.Arbitrary<Given> => values.map(alike);

const integers = (min: bigint, max: bigint) =>
  fc
    .oneof(
      fc.constantFrom(min, max, 0n, 1n, -1n).filter((n) => n >= min),
      fc.bigInt({ min, max }),
    )
    .map(String);

const decimals = (whole: number, scale: number) =>
  fc
    .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** BigInt(whole + scale) - 1n }))
    .map(([negative, n]) => {
      const digits = String(n).padStart(scale + 1, '0');
      return `${negative && n > 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
    });

const traps = [
  '',
  ' ',
  'a',
  'A',
  'a ',
  'a\n',
  'à',
  'a\u0300',
  'ß',
  'ss',
  '📈',
  '🧘‍♀️',
  '\\',
  "'",
  '"',
  ',',
  '1:a',
  'NULL',
  '0',
  '\t',
  '\u0001',
  '\uffff',
  '\u{10ffff}',
];
const texts = (maxLength: number) =>
  fc.oneof(
    fc.constantFrom(...traps),
    fc.string({ unit: 'binary', maxLength }).map((text) => text.replaceAll('\0', '').slice(0, maxLength)),
  );
const wellFormed = (values: fc.Arbitrary<string>) => values.map((text) => text.toWellFormed());

/** Where clocks of Europe and America jump, and the ends of what both can hold. */
const edges = ['2025-03-30 02:30:00', '2025-10-26 01:30:00', '2025-03-09 02:30:00', '2024-02-29 23:59:59'];
const instants = (digits: number, from: string, to: string) => {
  const span = { min: new Date(`${from}Z`), max: new Date(`${to}Z`), noInvalidDate: true };
  const fraction = fc.integer({ min: 0, max: 10 ** digits - 1 }).map((n) => String(n).padStart(digits, '0'));
  const whole = fc.oneof(
    fc.constantFrom(...edges),
    fc.date(span).map((date) => date.toISOString().slice(0, 19).replace('T', ' ')),
  );
  return digits === 0
    ? whole
    : fc.tuple(whole, fc.oneof(fc.constant('0'.repeat(digits)), fraction)).map(([w, f]) => `${w}.${f}`);
};
const dates = instants(0, '1000-01-01T00:00:00', '9999-12-31T23:59:59').map((text) => text.slice(0, 10));

/** Of a size whose text both servers write without an exponent. */
const doubles = fc
  .double({ min: 1e-3, max: 1e14, noNaN: true })
  .chain((x) => fc.constantFrom(x, -x, 0, 0.1, 1 / 3, 0.1 + 0.2));
const singles = doubles.map((x) => Math.fround(Math.max(-1e6, Math.min(1e6, x))));

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));

const shapes: readonly Shape[] = [
  { name: 'int', mysql: 'INT', postgres: 'int4', values: same(integers(-(2n ** 31n), 2n ** 31n - 1n)) },
  { name: 'big', mysql: 'BIGINT', postgres: 'int8', values: same(integers(-(2n ** 63n), 2n ** 63n - 1n)) },
  {
    name: 'unsigned',
    mysql: 'BIGINT UNSIGNED',
    postgres: 'numeric(20,0)',
    values: same(integers(0n, 2n ** 64n - 1n)),
  },
  {
    name: 'padded',
    mysql: 'INT(8) UNSIGNED ZEROFILL',
    postgres: 'int8',
    values: same(integers(0n, 99999999n)),
  },
  { name: 'year', mysql: 'YEAR', postgres: 'int2', values: same(integers(1901n, 2155n)) },
  { name: 'price', mysql: 'DECIMAL(18,8)', postgres: 'numeric(18,8)', values: same(decimals(10, 8)) },
  {
    name: 'pnl',
    mysql: 'DECIMAL(18,2)',
    postgres: 'numeric',
    values: decimals(16, 2).map((text) => ({ mysql: text, postgres: text.replace(/0$/, '') })),
  },
  { name: 'points', mysql: 'DECIMAL(12,4)', postgres: 'numeric(20,6)', values: same(decimals(8, 4)) },
  {
    name: 'flag',
    mysql: 'TINYINT(1)',
    postgres: 'boolean',
    values: fc.boolean().map((b) => ({ mysql: b ? 1 : 0, postgres: b })),
  },
  {
    name: 'bit',
    mysql: 'BIT(1)',
    postgres: 'boolean',
    values: fc.boolean().map((b) => ({ mysql: b ? 1 : 0, postgres: b })),
  },
  {
    name: 'openedAt',
    mysql: 'DATETIME(3)',
    postgres: 'timestamptz(3)',
    values: same(instants(3, '1000-01-01T00:00:00', '9999-12-31T23:59:59')),
  },
  {
    name: 'local',
    mysql: 'DATETIME',
    postgres: 'timestamp',
    values: same(instants(0, '1000-01-01T00:00:00', '9999-12-31T23:59:59')),
  },
  {
    name: 'stamp',
    mysql: 'TIMESTAMP(6) NULL',
    postgres: 'timestamptz',
    values: same(instants(6, '1970-01-02T00:00:00', '2038-01-01T00:00:00')),
  },
  { name: 'day', mysql: 'DATE', postgres: 'date', values: same(dates) },
  {
    name: 'clock',
    mysql: 'TIME(3)',
    postgres: 'time',
    values: same(instants(3, '2000-01-01T00:00:00', '2000-12-31T00:00:00').map((text) => text.slice(11))),
  },
  {
    name: 'words',
    mysql: 'VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
    postgres: 'text',
    values: same(wellFormed(texts(60))),
  },
  {
    name: 'note',
    mysql: 'LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
    postgres: 'varchar',
    values: same(wellFormed(texts(300))),
  },
  {
    name: 'short',
    mysql: 'CHAR(12) CHARACTER SET utf8mb4',
    postgres: 'char(12)',
    values: same(wellFormed(texts(12)).map((text) => [...text].slice(0, 12).join('').replace(/ +$/, ''))),
  },
  {
    name: 'western',
    mysql: 'VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_swedish_ci',
    postgres: 'text',
    values: same(fc.constantFrom('é', 'e', 'É', 'Zürich', 'a b', '')),
  },
  {
    name: 'direction',
    mysql: "ENUM('LONG','SHORT','UNKNOWN')",
    postgres: 'direction',
    values: same(fc.constantFrom('LONG', 'SHORT', 'UNKNOWN')),
  },
  { name: 'ratio', mysql: 'DOUBLE', postgres: 'float8', values: same(doubles.map(String)) },
  { name: 'single', mysql: 'FLOAT', postgres: 'float4', values: same(singles.map(String)) },
  { name: 'raw', mysql: 'BLOB', postgres: 'bytea', values: same(bytes) },
  { name: 'token', mysql: 'CHAR(36)', postgres: 'uuid', values: same(fc.uuid()) },
  {
    name: 'tokenBytes',
    mysql: 'BINARY(16)',
    postgres: 'uuid',
    values: fc.uuid().map((id) => ({ mysql: Buffer.from(id.replaceAll('-', ''), 'hex'), postgres: id })),
  },
];

export { shapes };

export interface GeneratedRow {
  readonly key: string;
  readonly number: number;
  /** In the order of `shapes`. */
  readonly values: readonly Given[];
}

const nullable = (values: fc.Arbitrary<Given>) =>
  fc.oneof({ weight: 1, arbitrary: fc.constant(alike(null)) }, { weight: 6, arbitrary: values });

const row: fc.Arbitrary<GeneratedRow> = fc.record({
  key: wellFormed(texts(20)).filter((text) => !/\s$/.test(text)),
  number: fc.integer({ min: -5, max: 5 }),
  values: fc.tuple(...shapes.map(({ values }) => nullable(values))),
});

export const generatedRows = fc.uniqueArray(row, {
  minLength: 1,
  maxLength: 25,
  selector: ({ key, number }) => `${number} ${key}`,
});

export interface Mutation {
  /** Of the rows and of `shapes`; taken modulo. */
  readonly row: number;
  readonly column: number;
  readonly to: readonly Given[];
}

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  row: fc.nat(1000),
  column: fc.nat(1000),
  to: fc.tuple(...shapes.map(({ values }) => nullable(values))),
});

/** As the servers would: 1.50 is 1.5, the bytes of two buffers count. */
export const isSameGiven = (a: Given, b: Given): boolean => {
  const told = ({ mysql }: Given) =>
    mysql instanceof Buffer ? `bytes ${mysql.toString('hex')}` : JSON.stringify(mysql);
  return (
    told(a) === told(b) ||
    (Number(a.mysql) === 0 &&
      Number(b.mysql) === 0 &&
      a.mysql !== null &&
      b.mysql !== null &&
      !(a.mysql instanceof Buffer) &&
      /^-?0(\.0+)?$/.test(String(a.mysql)) &&
      /^-?0(\.0+)?$/.test(String(b.mysql)))
  );
};
