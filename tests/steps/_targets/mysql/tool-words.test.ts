import { describe, expect, test } from 'vitest';
import { ToolWords } from '../../../../steps/_kits/sql/tool-words.ts';
import { mysqlWord } from '../../../../steps/_targets/mysql/tool-words.ts';
import { withoutValues as withoutPostgresValues } from '../../../../steps/_targets/postgres/without-data.ts';
import { withoutRows, withoutValues } from '../../../../steps/_work/without-data.ts';

const said = (text: string, size = text.length) => {
  let log = '';
  const words = new ToolWords(mysqlWord, (more) => {
    log += more;
  });
  const bytes = Buffer.from(text);
  for (let i = 0; i < bytes.length; i += size) words.push(bytes.subarray(i, i + size));
  return { reason: words.end(), log };
};

describe('a message of the server', () => {
  test.each([
    [1062, "Duplicate entry 'alice@example.com' for key 'PRIMARY'", "Duplicate entry for key 'PRIMARY'"],
    [
      1062,
      "Duplicate entry 'O'Brien' for key 'x'-$2b$10$h' for key 'users.mail'",
      "Duplicate entry for key 'users.mail'",
    ],
    [1062, "Duplicate entry 'a", 'Duplicate entry'],
    [
      1366,
      "Incorrect string value: '\\xF0\\x9F secret' for column `db`.`users`.`note` at row 7",
      'Incorrect string value for column `db`.`users`.`note` at row 7',
    ],
    [1292, "Truncated incorrect DOUBLE value: 'secret'", 'Truncated incorrect DOUBLE value'],
    [
      1411,
      "Incorrect datetime value: 'secret' for function str_to_date",
      'Incorrect datetime value for function str_to_date',
    ],
    [
      1690,
      "BIGINT UNSIGNED value is out of range in '(`db`.`t`.`c` - 123)'",
      'BIGINT UNSIGNED value is out of range',
    ],
    [1526, 'Table has no partition for value 4711', 'Table has no partition for a value'],
    [
      3140,
      'Invalid JSON text: "Invalid value." at position 0 in value for column \'t.j\'.',
      "Invalid JSON text for column 't.j'.",
    ],
  ])('%i is told without the value', (errno, message, told) => {
    expect(withoutValues(errno, message)).toBe(told);
    expect(withoutRows(errno, message)).toBe(told);
  });

  test('of a statement of rows only what is known to quote none is told', () => {
    expect(withoutRows(1146, "Table 'a.b' doesn't exist")).toBe("Table 'a.b' doesn't exist");
    expect(withoutRows(1064, "... near 'secret' at line 1")).not.toContain('secret');
    expect(withoutRows(1644, 'secret')).not.toContain('secret');
    expect(withoutRows(9999, 'secret')).not.toContain('secret');
  });

  test('a program in the database may say what it wants to the statement of a runbook', () => {
    expect(withoutValues(1644, 'Balance too low')).toBe('Balance too low');
  });

  test('Postgres is told without the value as well', () => {
    const told = withoutPostgresValues('22P02', 'invalid input syntax for type integer: "sec"\nret"');
    expect(told).toBe('invalid input syntax for type integer: "…"');
    const unique = 'duplicate key value violates unique constraint "users_email_key"';
    expect(withoutPostgresValues('23505', unique)).toBe(unique);
  });
});

describe('what a client prints', () => {
  const rows = Array.from({ length: 14_442 }, (_, i) => `(${i},'user${i}@example.com','$2b$10$secret${i}'),`);
  const echoed = [
    '--------------',
    'INSERT INTO `users` VALUES',
    ...rows,
    '--------------',
    '',
    "ERROR 1062 (23000) at line 45: Duplicate entry 'user7@example.com' for key 'PRIMARY'",
    '',
  ].join('\n');

  test.each([1, 7, 65_536])('holds no row, in chunks of %i bytes', (size) => {
    const { reason, log } = said(size === 1 ? echoed.slice(0, 3_000) + echoed.slice(-200) : echoed, size);
    expect(reason).toBe("ERROR 1062 (23000) at line 45: Duplicate entry for key 'PRIMARY'");
    expect(log).not.toMatch(/example\.com|secret|INSERT/);
    expect(log).toMatch(/lines of its output are left out/);
    expect(log.length).toBeLessThan(300);
  });

  test('keeps what the script, the tool and the shell say', () => {
    expect(said('\x1eit is already there\n').reason).toBe('it is already there');
    expect(said("mysqldump: Error 2020: Got packet bigger than 'max_allowed_packet' bytes\n").reason).toMatch(
      /2020/,
    );
    expect(said('mysql: [Warning] one\nERROR 1045 (28000): Access denied\n').reason).toMatch(/^ERROR 1045/);
    expect(said("ERROR at line 1: Unknown command '\\-'.\n").reason).toBe(
      "ERROR at line 1: Unknown command '\\-'.",
    );
    expect(said('sh: 1: mysql: not found\n').reason).toMatch(/not found/);
  });

  test('is cut short, and a query is never a part of it', () => {
    expect(said(`ERROR: ASCII '\\0' appeared. Query: 'INSERT INTO secret'.\n`).log).not.toContain('secret');
    expect(said(`sh: ${'x'.repeat(10_000)}`).reason).toHaveLength(300);
    expect(said('sh: again\n'.repeat(1_000)).log.split('\n')).toHaveLength(22);
    expect(said('').reason).toBeNull();
  });
});
