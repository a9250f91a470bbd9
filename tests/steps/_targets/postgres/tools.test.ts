import { describe, expect, test } from 'vitest';
import { complaintOfTool } from '../../../../steps/_kits/sql/tool-words.ts';
import { postgresWord } from '../../../../steps/_targets/postgres/tool-words.ts';
import { fittingTool, type Tool } from '../../../../steps/_targets/postgres/tools.ts';
import { versionIn } from '../../../../steps/_targets/postgres/versions.ts';

const said = (text: string) => complaintOfTool(postgresWord, Buffer.from(text));

describe('what pg_dump and pg_restore say', () => {
  test('is told without the value that did not fit, and without the row and the statement', () => {
    const copy = 'pg_restore: error: COPY failed for table "users": ERROR:  ';
    expect(
      said(`${copy}invalid input syntax for type integer: "sec"ret"\nCONTEXT:  COPY users, line 1: "sec"\n`),
    ).toBe(`${copy}invalid input syntax for type integer: "…"`);
    const unique = `${copy}duplicate key value violates unique constraint "users_pkey"`;
    expect(said(`${unique}\nDETAIL:  Key (id)=(1) already exists.\n`)).toBe(unique);
    expect(said("pg_dump: detail: Query was: SELECT 'x'\nCommand was: INSERT INTO t\n")).toBeNull();
  });

  test('an error is more telling than a warning', () => {
    expect(said('pg_dump: error: no such table\npg_dump: warning: bye\n')).toBe(
      'pg_dump: error: no such table',
    );
  });
});

test.each([
  ['pg_dump (PostgreSQL) 18.6 (Debian 18.6-3)', 18, 'Postgres 18.6'],
  ['18.4', 18, 'Postgres 18.4'],
  ['15.18 (Debian 15.18-0+deb12u1)', 15, 'Postgres 15.18'],
  ['pg_dump (PostgreSQL) 19beta1', 19, 'Postgres 19beta1'],
])('the version in %j', (text, major, shown) => {
  expect(versionIn(text)).toEqual({ major, shown });
});

test('a tool that does not say which version it is has none', () => {
  expect(versionIn('hello')).toBeNull();
});

describe('the tool that is taken', () => {
  const tool = (name: string, major: number): Tool => ({
    name,
    version: { major, shown: `Postgres ${major}` },
  });
  const server = { major: 16, shown: 'Postgres 16.2' };

  test('is the one on PATH if it is new enough, else the oldest that is', () => {
    const newest = tool('/a/18/bin/pg_dump', 18);
    expect(fittingTool([tool('pg_dump', 17), tool('/a/16/bin/pg_dump', 16)], server)).toMatchObject({
      name: 'pg_dump',
    });
    const several = [tool('pg_dump', 15), newest, tool('/a/16/bin/pg_dump', 16)] as const;
    expect(fittingTool(several, server)).toMatchObject({ name: '/a/16/bin/pg_dump' });
    expect(fittingTool([tool('pg_dump', 15), newest], server)).toBe(newest);
  });

  test('is none where all are older: the server would be refused', () => {
    expect(fittingTool([tool('pg_dump', 15)], server)).toEqual({
      what: expect.stringMatching(/^pg_dump is of Postgres 15 and the server is Postgres 16\.2/),
      remedy: expect.stringContaining('postgresql-client-16'),
    });
  });
});
