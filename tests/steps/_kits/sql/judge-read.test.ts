/** What is a read is decided by the kind of the statement, before any server has seen it. */
import { describe, expect, test } from 'vitest';
import { notRead } from '../../../../steps/_kits/sql/statement.ts';
import { judgeRead as mysql } from '../../../../steps/_targets/mysql/judge-read.ts';
import { judgeRead as postgres } from '../../../../steps/_targets/postgres/judge-read.ts';

describe('MySQL and MariaDB', () => {
  test.each([
    'SELECT 1',
    'SELECT COUNT(*) AS n FROM users WHERE a = ? -- why',
    "SELECT 'a''b\\'c; DROP TABLE t', `x``y` # comment",
    '(SELECT 1) UNION (SELECT 2)',
    'WITH RECURSIVE c AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM c WHERE n < 5) SELECT * FROM c',
    "SELECT * FROM JSON_TABLE('[1]', '$[*]' COLUMNS (x INT PATH '$')) AS j",
    'SELECT a FROM t FORCE INDEX (x) WHERE a REGEXP 1',
    'SELECT @@global.read_only',
    'VALUES ROW(1, 2)',
    'SHOW REPLICA STATUS',
    'SHOW ALL SLAVES STATUS',
    'SHOW BINARY LOG STATUS',
    "SHOW GLOBAL VARIABLES LIKE 'read_only'",
    'SHOW FULL PROCESSLIST',
    'SHOW CREATE TABLE t',
    'SHOW GRANTS FOR app@localhost',
    'DESCRIBE users',
    'EXPLAIN SELECT 1',
    'EXPLAIN FORMAT=JSON SELECT * FROM t',
    'EXPLAIN ANALYZE SELECT 1',
    'EXPLAIN DELETE FROM t',
    'CHECKSUM TABLE users, `a b`.`c` EXTENDED',
    'SELECT VERSION();',
  ])('%s', async (sql) => {
    expect(await mysql(sql)).toMatchObject({ is: 'read' });
  });

  test.each([
    'SET GLOBAL read_only = 1',
    'SET @x = 1',
    'KILL 5',
    'FLUSH TABLES',
    'SELECT * FROM t FOR UPDATE',
    'SELECT * FROM t FOR SHARE',
    'SELECT (SELECT 1 FROM t FOR UPDATE)',
    'SELECT a INTO @x FROM t',
    'CALL p()',
    'SELECT 1; DROP TABLE t',
    "SELECT 1 /*!50000 INTO OUTFILE '/tmp/x' */",
    '/*!50000 DROP TABLE t */',
    "SELECT 1 /*M! INTO OUTFILE '/tmp/x' */",
    'EXPLAIN ANALYZE DELETE FROM t',
    'DESC ANALYZE UPDATE t SET a = 1',
    'WITH c AS (SELECT 1) DELETE FROM t',
    'WITH c AS (SELECT 1) UPDATE t SET a = 1',
    'INSERT INTO t SELECT 1',
    'RESET MASTER',
    'LOCK TABLES t READ',
    "EXECUTE IMMEDIATE 'DROP TABLE t'",
    'COMMIT',
    'START TRANSACTION',
    'USE other',
    'ANALYZE TABLE t',
    'CREATE TABLE t (a INT)',
  ])('%s is a write', async (sql) => {
    expect(await mysql(sql)).toMatchObject({ is: 'write', remedy: expect.stringMatching(/./) });
  });

  // Not one of them is taken for a read; where the parser has a word for it does not matter.
  test.each([
    "SELECT 1 INTO OUTFILE '/tmp/x'",
    "SELECT 1 INTO DUMPFILE '/tmp/x'",
    'SELECT * FROM t LOCK IN SHARE MODE',
    'DO SLEEP(1)',
    'ANALYZE DELETE FROM t',
    "LOAD DATA INFILE 'x' INTO TABLE t",
    'HANDLER t OPEN',
    "XA START 'a'",
    "PREPARE s FROM 'x'",
    "BINLOG 'x'",
    "PURGE BINARY LOGS TO 'x'",
    'SHUTDOWN',
    "INSTALL PLUGIN a SONAME 'b'",
    'CHANGE MASTER TO MASTER_PORT = 1',
    'OPTIMIZE TABLE t',
    'BEGIN NOT ATOMIC DELETE FROM t; END',
    'CHECKSUM TABLE t; DROP TABLE t',
    'CHECKSUM TABLE t WHERE SLEEP(1)',
    'SELEC 1',
    '',
    '-- nothing',
  ])('%s is not sent', async (sql) => {
    expect((await mysql(sql)).is).not.toBe('read');
    expect(await notRead(mysql, sql, !/^(select|checksum|analyze)/i.test(sql))).not.toBeNull();
  });

  test('names the functions that may do more than read', async () => {
    expect(
      await mysql("SELECT GET_LOCK('a', 1), COUNT(*), sleep(2), NEXTVAL(s), lower(a), my.own(1) FROM t"),
    ).toMatchObject({
      is: 'read',
      calls: expect.arrayContaining(['GET_LOCK', 'sleep', 'NEXTVAL', 'my.own']),
    });
    expect(await mysql('SELECT SUM(CRC32(CONCAT_WS(0x2c, IFNULL(HEX(`a`), 0)))) FROM t')).toMatchObject({
      is: 'read',
      calls: [],
    });
  });

  test.each([
    'SHOW STATUS WHERE app.purge_old(1)',
    'SHOW TABLES WHERE app.purge_old(1)',
    'SHOW COLUMNS FROM t WHERE app.purge_old(1)',
    'SHOW INDEX FROM t WHERE app.purge_old(1)',
    'SHOW FUNCTION STATUS WHERE app.purge_old(1)',
    'EXPLAIN UPDATE t SET a = app.purge_old(1)',
    'EXPLAIN DELETE FROM t WHERE app.purge_old(1)',
    'EXPLAIN INSERT INTO t VALUES (app.purge_old(1))',
    'EXPLAIN SELECT app.purge_old(1)',
  ])('%s: what it calls is told', async (sql) => {
    expect(await mysql(sql)).toMatchObject({ is: 'read', calls: ['app.purge_old'] });
  });

  test('a condition of SHOW that cannot be read is not taken for a read', async () => {
    expect(await mysql('SHOW INDEX FROM t WHERE (Non_unique)')).toMatchObject({
      is: 'read',
      calls: [],
      relations: [],
    });
    expect(await mysql('SHOW INDEX FROM `where` WHERE app.purge_old(1)')).toMatchObject({ is: 'unknown' });
    expect(await mysql('SHOW STATUS WHERE (SELECT 1 FROM t FOR UPDATE)')).toMatchObject({ is: 'write' });
  });

  test('a read that the parser does not know: its author can vouch for it, and for nothing else', async () => {
    const unknown = 'SELECT a FROM t GROUP BY a WITH ROLLUP';
    const told = await notRead(mysql, unknown, false);
    expect(told?.remedy).toContain('trust_read: true');
    expect(await notRead(mysql, unknown, true)).toBeNull();
    expect(await notRead(mysql, 'SET GLOBAL read_only = 1', true)).not.toBeNull();
    expect(await notRead(mysql, 'DO SLEEP(1)', true)).not.toBeNull();
  });

  test.each([
    "SELECT * FROM t INTO OUTFILE '/tmp/x'",
    "SELECT'a'INTO/**/OUTFILE '/tmp/x'",
    "TABLE t INTO OUTFILE '/tmp/x'",
    'SELECT a FROM t GROUP BY a WITH ROLLUP FOR UPDATE',
    'SELECT a FROM t GROUP BY a WITH ROLLUP FOR /* x */ SHARE',
    'SELECT * FROM t LOCK IN SHARE MODE',
    'WITH x AS (SELECT a FROM t GROUP BY a WITH ROLLUP) DELETE FROM t',
    'EXPLAIN ANALYZE DELETE FROM t WHERE a WITH ROLLUP',
    'EXPLAIN ANALYZE REPLACE t SELECT a FROM t GROUP BY a WITH ROLLUP',
    'SELECT a FROM t GROUP BY a WITH ROLLUP; DROP TABLE t',
    "SELECT 1 # it's\nINTO OUTFILE '/tmp/x'",
    "SELECT 1 --it's\nINTO OUTFILE '/tmp/x'",
    "SELECT 'a\\' INTO OUTFILE '/tmp/x'",
    "SELECT 'a\\', ' INTO OUTFILE ''/tmp/x'",
    "SELECT 1 /* /* */ ' */ INTO OUTFILE '/tmp/x'",
    "SELECT $$it's$$ INTO OUTFILE '/tmp/x'",
    "SELECT a FROM t GROUP BY a WITH ROLLUP 'not closed",
    '-- SELECT\nDROP x',
  ])('%s: nobody can vouch for it, and trust_read is not offered', async (sql) => {
    const told = await notRead(mysql, sql, true);
    expect(told).not.toBeNull();
    expect(told?.remedy).not.toContain('trust_read');
  });

  test.each([
    "SELECT a, REPLACE(a, 'insert into', '') FROM t GROUP BY a WITH ROLLUP",
    'SELECT updated_at, `delete` FROM t GROUP BY a WITH ROLLUP -- not for update',
    '-- how many\n/* by a */ ( (SELECT a FROM t GROUP BY a WITH ROLLUP) )',
    '# how many\nSELECT a FROM t GROUP BY a WITH ROLLUP;',
  ])('%s: its author can vouch for it', async (sql) => {
    expect((await notRead(mysql, sql, false))?.remedy).toContain('trust_read: true');
    expect(await notRead(mysql, sql, true)).toBeNull();
  });
});

describe('Postgres', () => {
  test.each([
    'SELECT $1::int',
    'TABLE t',
    'VALUES (1), (2)',
    'SHOW server_version',
    'SELECT DISTINCT ON (a) a, b FILTER (WHERE c) FROM t'.replace('b FILTER', 'count(b) FILTER'),
    'SELECT 1 UNION ALL SELECT 2',
    'WITH x AS (SELECT 1) SELECT * FROM x, LATERAL (SELECT 2) y',
    'EXPLAIN DELETE FROM t',
    'EXPLAIN (ANALYZE, BUFFERS) SELECT 1',
    'EXPLAIN (ANALYZE false) DELETE FROM t',
    "SELECT $$; DROP TABLE t$$, E'\\'; DROP TABLE t --' -- x",
  ])('%s', async (sql) => {
    expect(await postgres(sql)).toMatchObject({ is: 'read' });
  });

  test.each([
    'SELECT 1; DROP TABLE t',
    'SELECT 1 INTO t',
    'SELECT * FROM t FOR UPDATE',
    'SELECT * FROM (SELECT * FROM t FOR SHARE) x',
    'WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x',
    'WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x',
    'EXPLAIN ANALYZE DELETE FROM t',
    'EXPLAIN (ANALYZE true, COSTS off) UPDATE t SET a = 1',
    'EXPLAIN (ANALYZE 1) UPDATE t SET a = 1',
    'EXPLAIN ANALYZE CREATE TABLE x AS SELECT 1',
    "COPY t TO PROGRAM 'sh'",
    'COPY (SELECT 1) TO STDOUT',
    'DO $$ BEGIN END $$',
    'CALL p()',
    'SET work_mem = 1',
    'RESET ALL',
    'LOCK TABLE t',
    "NOTIFY x, 'y'",
    'LISTEN x',
    'VACUUM',
    'REFRESH MATERIALIZED VIEW v',
    'PREPARE p AS SELECT 1',
    'EXECUTE p',
    'FETCH 1 FROM c',
    'COMMIT',
    'TRUNCATE t',
    'MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE',
  ])('%s is a write', async (sql) => {
    expect(await postgres(sql)).toMatchObject({ is: 'write', remedy: expect.stringMatching(/./) });
  });

  test('what it cannot read is not taken for a read', async () => {
    for (const sql of ['SELEC 1', '', '-- nothing', 'SELECT'.concat(' FROM')])
      expect((await postgres(sql)).is).not.toBe('read');
  });

  test('names what is called where only the plan of a write is asked for', async () => {
    for (const sql of ['EXPLAIN UPDATE t SET a = own(1)', 'EXPLAIN (COSTS off) DELETE FROM t WHERE own(1)'])
      expect(await postgres(sql)).toMatchObject({ is: 'read', calls: ['own'] });
  });

  test('names what is called', async () => {
    expect(
      await postgres("SELECT pg_catalog.lower(a), nextval('s') FROM dblink('x') AS d(a text)"),
    ).toMatchObject({ is: 'read', calls: expect.arrayContaining(['pg_catalog.lower', 'nextval', 'dblink']) });
  });
});
