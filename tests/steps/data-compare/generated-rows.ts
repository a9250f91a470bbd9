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
  /** What takes the value in an INSERT of MySQL; default: `?`. */
  readonly takes?: string;
  /** Two values that a hasty comparison takes for one. */
  readonly near: readonly (readonly [mysql: unknown, postgres: unknown])[];
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

/** Lengths of time, below zero and above a day too. */
const spans = fc
  .tuple(fc.boolean(), fc.nat(838), fc.nat(59), fc.nat(59), fc.nat(999))
  .map(([negative, h, m, s, ms]) => {
    const two = (n: number) => String(n).padStart(2, '0');
    const text = `${two(h)}:${two(m)}:${two(s)}.${String(ms).padStart(3, '0')}`;
    return negative && h + m + s + ms > 0 ? `-${text}` : text;
  });

/** Well-known binary, little-endian. */
const pointOf = (x: number, y: number): Buffer => {
  const wkb = Buffer.alloc(21);
  wkb.writeUInt8(1, 0);
  wkb.writeUInt32LE(1, 1);
  wkb.writeDoubleLE(x, 5);
  wkb.writeDoubleLE(y, 13);
  return wkb;
};

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));

const shapes: readonly Shape[] = [
  {
    name: 'int',
    mysql: 'INT',
    postgres: 'int4',
    values: same(integers(-(2n ** 31n), 2n ** 31n - 1n)),
    near: [
      [0, null],
      [-1, 1],
      [2147483647, 2147483646],
    ],
  },
  {
    name: 'big',
    mysql: 'BIGINT',
    postgres: 'int8',
    values: same(integers(-(2n ** 63n), 2n ** 63n - 1n)),
    near: [
      ['9007199254740993', '9007199254740992'],
      ['-9223372036854775808', '-9223372036854775807'],
    ],
  },
  {
    name: 'unsigned',
    mysql: 'BIGINT UNSIGNED',
    postgres: 'numeric(20,0)',
    values: same(integers(0n, 2n ** 64n - 1n)),
    near: [
      ['18446744073709551615', '18446744073709551614'],
      ['9007199254740993', '9007199254740992'],
    ],
  },
  {
    name: 'padded',
    mysql: 'INT(8) UNSIGNED ZEROFILL',
    postgres: 'int8',
    values: same(integers(0n, 99999999n)),
    near: [
      [42, 420],
      [7, null],
    ],
  },
  {
    name: 'year',
    mysql: 'YEAR',
    postgres: 'int2',
    values: same(integers(1901n, 2155n)),
    near: [
      [2024, 2025],
      [1999, null],
    ],
  },
  {
    name: 'price',
    mysql: 'DECIMAL(18,8)',
    postgres: 'numeric(18,8)',
    values: same(decimals(10, 8)),
    near: [
      ['0.00000001', '0.00000002'],
      ['1', '-1'],
      ['0', null],
      ['9999999999.99999999', '9999999999.99999998'],
    ],
  },
  {
    name: 'pnl',
    mysql: 'DECIMAL(18,2)',
    postgres: 'numeric',
    values: decimals(16, 2).map((text) => ({ mysql: text, postgres: text.replace(/0$/, '') })),
    near: [
      ['0.1', '0.10000001'],
      ['0.10', 'NaN'],
      ['100', '1'],
    ],
  },
  {
    name: 'points',
    mysql: 'DECIMAL(12,4)',
    postgres: 'numeric(20,6)',
    values: same(decimals(8, 4)),
    near: [
      ['0.0001', '0.000101'],
      ['12.5', '125'],
    ],
  },
  {
    name: 'flag',
    mysql: 'TINYINT(1)',
    postgres: 'boolean',
    values: fc.boolean().map((b) => ({ mysql: b ? 1 : 0, postgres: b })),
    near: [
      [1, false],
      [0, null],
      [2, true],
    ],
  },
  {
    name: 'bit',
    mysql: 'BIT(1)',
    postgres: 'boolean',
    values: fc.boolean().map((b) => ({ mysql: b ? 1 : 0, postgres: b })),
    near: [
      [1, false],
      [0, null],
    ],
  },
  {
    name: 'openedAt',
    mysql: 'DATETIME(3)',
    postgres: 'timestamptz(3)',
    values: same(instants(3, '1000-01-01T00:00:00', '9999-12-31T23:59:59')),
    near: [
      ['2025-03-30 02:30:00.000', '2025-03-30 01:30:00.000'],
      ['2025-10-26 01:30:00.001', '2025-10-26 01:30:00.002'],
      ['2024-02-29 00:00:00', 'infinity'],
    ],
  },
  {
    name: 'local',
    mysql: 'DATETIME',
    postgres: 'timestamp',
    values: same(instants(0, '1000-01-01T00:00:00', '9999-12-31T23:59:59')),
    near: [
      ['2025-03-30 02:30:00', '2025-03-30 03:30:00'],
      ['2025-01-01 00:00:00', '2025-01-01 00:00:00.000001'],
      ['2025-01-01 00:00:00', null],
    ],
  },
  {
    name: 'stamp',
    mysql: 'TIMESTAMP(6) NULL',
    postgres: 'timestamptz',
    values: same(instants(6, '1970-01-02T00:00:00', '2038-01-01T00:00:00')),
    near: [
      ['2025-01-01 00:00:00.000001', '2025-01-01 00:00:00.000002'],
      ['1970-01-02 00:00:00', '1970-01-01 00:00:00'],
    ],
  },
  {
    name: 'day',
    mysql: 'DATE',
    postgres: 'date',
    values: same(dates),
    near: [
      ['2024-02-29', '2024-03-01'],
      ['1000-01-01', null],
    ],
  },
  {
    name: 'clock',
    mysql: 'TIME(3)',
    postgres: 'time',
    values: same(instants(3, '2000-01-01T00:00:00', '2000-12-31T00:00:00').map((text) => text.slice(11))),
    near: [
      ['00:00:00.001', '00:00:00.010'],
      ['12:00:00', '00:00:00'],
      ['00:00:00', null],
    ],
  },
  {
    name: 'words',
    mysql: 'VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
    postgres: 'text',
    values: same(wellFormed(texts(60))),
    near: [
      ['a', 'A'],
      ['a', 'a '],
      ['é', 'e\u0301'],
      ['e', 'é'],
      ['📈', '?'],
      ['', null],
      ['NULL', null],
      [null, ''],
      ['ß', 'ss'],
      ['a\u00a0b', 'a b'],
      ['a\r\nb', 'a\nb'],
      ['\ufffd', '?'],
      ['1:a', ':a'],
    ],
  },
  {
    name: 'note',
    mysql: 'LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
    postgres: 'varchar',
    values: same(wellFormed(texts(300))),
    near: [
      ['x', 'x\n'],
      ['x\ufeff', 'x'],
      ['', ' '],
      ['1:x,', '1:x'],
      [' x', 'x'],
    ],
  },
  {
    name: 'short',
    mysql: 'CHAR(12) CHARACTER SET utf8mb4',
    postgres: 'char(12)',
    values: same(wellFormed(texts(12)).map((text) => [...text].slice(0, 12).join('').replace(/ +$/, ''))),
    near: [
      ['a', 'b'],
      ['', null],
      ['a', 'A'],
    ],
  },
  {
    name: 'western',
    mysql: 'VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_swedish_ci',
    postgres: 'text',
    values: same(fc.constantFrom('é', 'e', 'É', 'Zürich', 'a b', '')),
    near: [
      ['é', 'e'],
      ['Zürich', 'Zurich'],
      ['', null],
    ],
  },
  {
    name: 'direction',
    mysql: "ENUM('LONG','SHORT','UNKNOWN')",
    postgres: 'direction',
    values: same(fc.constantFrom('LONG', 'SHORT', 'UNKNOWN')),
    near: [
      ['LONG', 'SHORT'],
      ['UNKNOWN', null],
    ],
  },
  {
    name: 'ratio',
    mysql: 'DOUBLE',
    postgres: 'float8',
    values: same(doubles.map(String)),
    near: [
      ['0.3', '0.30000000000000004'],
      ['1', '-1'],
      ['0', null],
    ],
  },
  {
    name: 'single',
    mysql: 'FLOAT',
    postgres: 'float4',
    values: same(singles.map(String)),
    near: [
      ['0.5', '0.50000006'],
      ['16777216', '16777218'],
    ],
  },
  {
    name: 'raw',
    mysql: 'BLOB',
    postgres: 'bytea',
    values: same(bytes),
    near: [
      [Buffer.from([0]), Buffer.from([])],
      [Buffer.from([]), null],
      [Buffer.from('a'), Buffer.from('b')],
    ],
  },
  {
    name: 'token',
    mysql: 'CHAR(36)',
    postgres: 'uuid',
    values: same(fc.uuid()),
    near: [
      ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12'],
      ['', null],
    ],
  },
  {
    name: 'tokenBytes',
    mysql: 'BINARY(16)',
    postgres: 'uuid',
    values: fc.uuid().map((id) => ({ mysql: Buffer.from(id.replaceAll('-', ''), 'hex'), postgres: id })),
    near: [[Buffer.from('a0eebc999c0b4ef8bb6d6bb9bd380a11', 'hex'), '9c0b4ef8-bc99-a0ee-bb6d-6bb9bd380a11']],
  },
  {
    name: 'span',
    mysql: 'TIME(3)',
    postgres: 'interval',
    values: same(spans),
    near: [
      ['-01:00:00', '01:00:00'],
      ['26:00:00', '02:00:00'],
      ['01:00:00', '1 month 01:00:00'],
      ['00:00:00', null],
      ['00:00:00.001', '00:00:00.002'],
    ],
  },
  {
    name: 'bits',
    mysql: 'BIT(10)',
    postgres: 'bit(10)',
    values: fc.nat(1023).map((n) => ({ mysql: n, postgres: n.toString(2).padStart(10, '0') })),
    near: [
      [1, '1000000000'],
      [0, null],
      [512, '0000000000'],
    ],
  },
  {
    name: 'mask',
    mysql: 'BIT(12)',
    postgres: 'bytea',
    values: fc.nat(4095).map((n) => ({ mysql: n, postgres: Buffer.from([n >> 8, n & 255]) })),
    near: [
      [1, Buffer.from([1])],
      [1, Buffer.from([1, 0])],
      [0, null],
    ],
  },
  {
    name: 'sets',
    mysql: "SET('b','a','é''x','c')",
    postgres: 'text[]',
    values: fc.tuple(fc.subarray(['b', 'a', "é'x", 'c']), fc.boolean()).map(([members, turned]) => ({
      mysql: members.join(','),
      postgres: turned ? members.toReversed() : members,
    })),
    near: [
      ['a,c', ['a']],
      ['a', ['a', null]],
      ['b,a', ['b,a']],
      ['', null],
      [null, []],
      ['a', ['a', 'a']],
    ],
  },
  {
    name: 'letter',
    mysql: 'BLOB',
    postgres: 'text',
    values: wellFormed(texts(40)).map((text) => ({ mysql: Buffer.from(text), postgres: text })),
    near: [
      [Buffer.from([0xff]), '?'],
      [Buffer.from([0xff]), '\ufffd'],
      [Buffer.from('é', 'latin1'), 'é'],
      [Buffer.from(''), null],
    ],
  },
  {
    name: 'place',
    mysql: 'POINT',
    postgres: 'bytea',
    values: fc.tuple(doubles, doubles).map(([x, y]) => alike(pointOf(x, y))),
    takes: 'ST_GeomFromWKB(?)',
    near: [
      [pointOf(1, 2), pointOf(2, 1)],
      [pointOf(1, 2), pointOf(1, 2 + Number.EPSILON * 2)],
      [pointOf(0, 0), null],
    ],
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

export const rowOf: fc.Arbitrary<GeneratedRow> = fc.record({
  key: wellFormed(texts(20)).filter((text) => !/\s$/.test(text)),
  number: fc.integer({ min: -5, max: 5 }),
  values: fc.tuple(...shapes.map(({ values }) => nullable(values))),
});

export const generatedRows = fc.uniqueArray(rowOf, {
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
