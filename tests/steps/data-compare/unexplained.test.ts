/** What two servers send is only believed where it agrees with itself. Scripted sessions: no real server does this. */
import { expect, test } from 'vitest';
import type { SqlSession, TextRow } from '../../../steps/_kits/sql/client.ts';
import { compareTable } from '../../../steps/data-compare/compare-table.ts';
import type { ColumnPair, ComparedTable } from '../../../steps/data-compare/compared-table.ts';
import { mysqlServer } from '../../../steps/data-compare/mysql-server.ts';
import { postgresServer } from '../../../steps/data-compare/postgres-server.ts';
import { rehearseDigest } from '../../../steps/data-compare/rehearse-digest.ts';
import type { CompareServer } from '../../../steps/data-compare/server.ts';
import type { Sessions } from '../../../steps/data-compare/sessions.ts';
import { toleranceOf } from '../../../steps/data-compare/tolerance.ts';
import { actContext } from '../../support/act-context.ts';
import { inputOf } from './both-sides.ts';

const column = { name: 'v', type: 'int', nullable: true, scale: 0 } as const;
const pair = (over: Partial<ColumnPair> = {}): ColumnPair => ({
  name: 'v',
  kind: 'integer',
  here: {
    ...column,
    of: 'mysql',
    base: 'int',
    family: 'integer',
    digits: 10,
    isDressed: false,
    fraction: 0,
    charset: null,
    members: null,
  },
  there: { ...column, of: 'postgres', family: 'integer', digits: null, hasZone: false },
  entity: null,
  tolerance: null,
  shown: false,
  ...over,
});

const planOf = (rest: ColumnPair): ComparedTable => ({
  name: 't',
  labels: { here: 'MySQL', there: 'Postgres' },
  here: { table: '`t`', where: undefined, isUtf8: true },
  there: { table: '"t"', where: undefined, isUtf8: true },
  key: [pair({ name: 'id' })],
  rest: [rest],
  zeroDatesAreNull: false,
  idMap: null,
  estimatedRows: 1,
});

/** Answers every query with one row, every stream with the given ones. */
const scripted = (
  answer: Record<string, string | number | null>,
  rows: readonly TextRow[] = [],
): SqlSession => ({
  id: '1',
  query: async () => ({ rows: [answer], rowCount: 1, affectedRows: 0 }),
  async *stream() {
    yield* rows;
  },
  commit: async () => undefined,
  rollback: async () => true,
  close: async () => undefined,
  destroy: () => undefined,
});

const sessionsOf = (mysql: SqlSession, postgres: SqlSession): Sessions => ({
  here: { server: mysqlServer as CompareServer, label: 'MySQL', session: mysql },
  there: { server: postgresServer as CompareServer, label: 'Postgres', session: postgres },
});

const compared = (mysql: SqlSession, postgres: SqlSession, rest = pair()) =>
  compareTable(
    sessionsOf(mysql, postgres),
    planOf(rest),
    inputOf({ tables: [{ table: 't', key: ['id'] }] }),
    actContext({ clients: {} }),
    {
      most: 10,
      progress: () => undefined,
    },
  );

const digest = (hashes: string | null) => ({ bucket: '', n: 1, hashes, zero_dates: 0 });

test('checksums that differ over rows that do not are a failure', async () => {
  const rows = [['aa', '00', '1', '5']];
  await expect(compared(scripted(digest('1'), rows), scripted(digest('2'), rows))).rejects.toThrow(
    'the checksums of t differ in 1 part, but no row of it does',
  );
});

test('rows that are the same in other words explain their checksums', async () => {
  const near = pair({ tolerance: toleranceOf('1') });
  const { result } = await compared(
    scripted(digest('1'), [['aa', '00', '1', '5']]),
    scripted(digest('2'), [['aa', '00', '1', '6']]),
    near,
  );
  expect(result).toMatchObject({ rows: 1, differing: 0 });
});

test('a value that a server failed at is no NULL', async () => {
  const failed = [['aa', '00', '1', null]];
  const none = [['aa', '01', '1', null]];
  await expect(compared(scripted(digest('1'), failed), scripted(digest('2'), none))).rejects.toThrow(
    'a server has no text of a value in column 2',
  );
});

test('as many checksums as rows', async () => {
  await expect(compared(scripted(digest(`${10n ** 40n + 5n}`)), scripted(digest('2')))).rejects.toThrow(
    'MySQL has no checksum of 1 row of t',
  );
  await expect(compared(scripted(digest('2')), scripted(digest(null)))).rejects.toThrow(
    'Postgres has no checksum of 1 row',
  );
});

test('two rows of one key are a failure, not a difference', async () => {
  const rows = [
    ['aa', '00', '1', '5'],
    ['aa', '00', '1', '6'],
  ];
  await expect(compared(scripted(digest('1'), rows), scripted(digest('2'), []))).rejects.toThrow(
    'two rows of t in MySQL have the same key as it is compared',
  );
});

test('a server that gives another checksum of a known text is refused', async () => {
  const session = scripted({ hash: 'd41d8cd98f00b204e9800998ecf8427e', number: '1', encoding: 'UTF8' });
  await expect(rehearseDigest(sessionsOf(session, session))).rejects.toThrow(
    'MySQL does not give the SHA-256 of a known text',
  );
});
