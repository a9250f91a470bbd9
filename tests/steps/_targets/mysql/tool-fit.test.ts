import { describe, expect, test } from 'vitest';
import { clientFor, dumpUnfit, fittingTool, type Tool } from '../../../../steps/_targets/mysql/tool-fit.ts';
import { type MysqlVersion, serverVersion, toolVersion } from '../../../../steps/_targets/mysql/versions.ts';

const sure = (version: MysqlVersion | null): MysqlVersion => {
  if (version === null) throw new Error('it has a version');
  return version;
};
const server = (text: string) => sure(serverVersion(text));
const tool = (name: string, said: string): Tool => ({ name, version: sure(toolVersion(said)) });

test.each([
  ['8.0.33', 'MySQL 8.0.33'],
  ['9.7.4-2', 'MySQL 9.7.4'],
  ['5.7.44-log', 'MySQL 5.7.44'],
  ['5.7.mysql_aurora.2.11.1', 'MySQL 5.7'],
  ['10.11.14-MariaDB-0+deb12u2', 'MariaDB 10.11.14'],
  ['5.5.5-10.6.18-MariaDB', 'MariaDB 10.6.18'],
])('the server %s is %s', (said, shown) => {
  expect(serverVersion(said)?.shown).toBe(shown);
});

test.each([
  ['mysqldump  Ver 8.0.33 for Linux on x86_64 (MySQL Community Server - GPL)', 'MySQL 8.0.33'],
  ['mysqldump  Ver 9.7.4-2 for Linux on x86_64 ((Debian))', 'MySQL 9.7.4'],
  ['mysqldump  Ver 10.13 Distrib 5.7.44, for Linux (x86_64)', 'MySQL 5.7.44'],
  ['mysqldump  Ver 10.19 Distrib 10.11.14-MariaDB, for debian-linux-gnu (x86_64)', 'MariaDB 10.11.14'],
  ['/usr/bin/mariadb-dump from 11.8.9-MariaDB, client 10.20 for debian-linux-gnu', 'MariaDB 11.8.9'],
  ['MySQL dump 10.13  Distrib 9.7.4, for Linux (x86_64)', 'MySQL 9.7.4'],
  ['MariaDB dump 10.19  Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)', 'MariaDB 10.11.19'],
  ['MariaDB dump 10.20-11.8.9-MariaDB, for debian-linux-gnu (x86_64)', 'MariaDB 11.8.9'],
])('the tool that says %j is of %s', (said, shown) => {
  expect(toolVersion(said)?.shown).toBe(shown);
});

test('what says no version has none', () => {
  expect(serverVersion('unknown')).toBeNull();
  expect(toolVersion('hello')).toBeNull();
});

const mysql8 = tool('mysqldump', 'Ver 8.0.33 for Linux');
const mysql9 = tool('mysqldump', 'Ver 9.7.4-2 for Linux');
const maria10 = tool('mysqldump', 'Ver 10.19 Distrib 10.11.14-MariaDB');
const maria11 = tool('mysqldump', 'from 11.8.9-MariaDB, client 10.20');

describe('a tool that dumps', () => {
  test.each([
    ['8.0.46', mysql8],
    // A release of a newer kind, as a distribution of the client often is behind.
    ['8.4.11', mysql8],
    ['8.0.33', mysql9],
    ['5.7.44', mysql9],
    ['10.11.14-MariaDB', maria10],
    ['11.8.9-MariaDB', maria10],
    ['10.5.1-MariaDB', maria11],
  ])('fits the server %s', (version, fit) => {
    expect(dumpUnfit(server(version), fit)).toBeNull();
  });

  test.each([
    ['8.0.33', maria10, 'generated columns'],
    ['9.7.4', maria11, 'generated columns'],
    ['10.11.14-MariaDB', mysql8, 'COLUMN_STATISTICS'],
    ['5.5.5-11.8.9-MariaDB', mysql9, 'COLUMN_STATISTICS'],
    ['9.7.4', mysql8, 'older tool'],
    ['8.0.23', tool('mysqldump', 'Ver 8.0.22 for Linux'), 'older tool'],
    ['10.3.1-MariaDB', tool('mysqldump', 'Ver 10.16 Distrib 10.2.44-MariaDB'), 'older tool'],
  ])('does not fit the server %s', (version, unfit, why) => {
    expect(dumpUnfit(server(version), unfit)?.what).toContain(why);
  });
});

describe('of several', () => {
  const both = [mysql8, tool('mariadb-dump', 'from 11.8.9-MariaDB')];

  test("the server's own kind is taken", () => {
    expect(fittingTool(server('8.0.33'), both, dumpUnfit)).toMatchObject({ name: 'mysqldump' });
    expect(fittingTool(server('11.8.9-MariaDB'), both, dumpUnfit)).toMatchObject({ name: 'mariadb-dump' });
  });

  test('a name that MariaDB has given up stands back from version 11 on', () => {
    const [old, now] = [maria11, tool('mariadb-dump', 'from 11.8.9-MariaDB')];
    expect(fittingTool(server('11.8.9-MariaDB'), [old, now], dumpUnfit)).toBe(now);
    expect(fittingTool(server('11.8.9-MariaDB'), [old], dumpUnfit)).toBe(old);
    const before = tool('mariadb-dump', 'Ver 10.19 Distrib 10.11.14-MariaDB');
    expect(fittingTool(server('10.11.14-MariaDB'), [maria10, before], dumpUnfit)).toBe(maria10);
  });

  test("a client of the other kind carries a dump where there is none of the server's own", () => {
    const client = tool('mysql', 'mysql  Ver 8.0.33 for Linux');
    const own = tool('mariadb', 'mariadb from 11.8.9-MariaDB, client 15.2');
    expect(clientFor(server('11.8.9-MariaDB'), [client, own])).toBe(own);
    expect(clientFor(server('11.8.9-MariaDB'), [client])).toBe(client);
    expect(clientFor(server('8.0.33'), [])).toBeNull();
  });
});
