/** What a rollback leaves of a statement, by the first words of it. */

const bareOf = (sql: string): string =>
  sql.replace(/^(\s+|--[^\n]*\n|#[^\n]*\n|\/\*(?!M?!)[\s\S]*?\*\/)+/, '');

/** Data statements; a query that writes its result to a file on the server leaves the file. */
const undone = /^\(*\s*(select|insert|update|delete|replace|with|values|table)\b/i;
const toFile = /\binto\s+(outfile|dumpfile)\b/i;

/**
 * MySQL commits by itself before and after DDL, LOCK TABLES, GRANT and more, and inside a procedure anything
 * may happen: only plain data statements are known to be taken back.
 */
export const rollsBack = (sql: string): boolean => undone.test(bareOf(sql)) && !toFile.test(sql);

/**
 * As the manuals of MySQL and MariaDB list them. They commit before they begin, so that a transaction is over even
 * where they fail. A temporary table is made without a commit, and is not rolled back either.
 */
const clause = 'definer|algorithm|sql|aggregate';
const committing = new RegExp(
  `^(${[
    `(create|alter|drop)\\s+(or\\s+replace\\s+)?((unique|fulltext|spatial|undo)\\s+)*(?!(temporary|or|${clause})\\b)\\w+`,
    `(create|alter)(?=\\s+(or\\s+replace\\s+)?(${clause})\\b)`,
    'rename\\s+(tables?|user)',
    'truncate(\\s+table)?',
    '(analyze|check|optimize|repair)\\s+((local|no_write_to_binlog)\\s+)?tables?',
    '(install|uninstall)\\s+(plugin|soname|component)',
    '(grant|revoke|flush|shutdown)',
    'reset(?!\\s+persist)',
    'set\\s+password',
    '(cache\\s+index|load\\s+index\\s+into\\s+cache)',
    '(start|stop)\\s+(all\\s+)?(replicas?|slaves?|group_replication)',
    'change\\s+(master|replication)',
  ].join('|')})\\b`,
  'i',
);

/** Its kind, for people; null: it does not commit by itself, as far as its words tell. */
export const commitsByItself = (sql: string): string | null =>
  committing.exec(bareOf(sql))?.[1]?.replaceAll(/\s+/g, ' ').toUpperCase() ?? null;
