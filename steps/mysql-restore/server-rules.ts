/** Rules of the server that refuse what a dump of this database brings, whatever the rights. */
import type { Finding } from '../../engine/step.ts';
import type { SqlSession } from '../_kits/sql/client.ts';
import type { HeldRights } from '../_targets/mysql/rights.ts';

/** Triggers and functions: each could make a replica differ, so a server that logs for replicas asks for SUPER. */
const logged = `SELECT CONCAT('trigger ', TRIGGER_NAME) AS what FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()
 UNION SELECT CONCAT('function ', ROUTINE_NAME) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_TYPE = 'FUNCTION'`;

const keyless = `SELECT t.TABLE_NAME AS what FROM information_schema.TABLES t
 WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'BASE TABLE' AND NOT EXISTS (SELECT 1 FROM information_schema.TABLE_CONSTRAINTS c
 WHERE c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME AND c.CONSTRAINT_TYPE = 'PRIMARY KEY')`;

const few = (names: readonly string[]): string =>
  `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;

export const ruleFindings = async (session: SqlSession, held: HeldRights): Promise<readonly Finding[]> => {
  const ask = (sql: string) => session.query(sql);
  const names = async (sql: string) => (await ask(sql)).rows.map(({ what }) => String(what));
  const { rows } = await ask(
    "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('log_bin', 'log_bin_trust_function_creators', 'sql_require_primary_key')",
  );
  const variables = new Map(rows.map((row) => [String(row.Variable_name), String(row.Value)]));
  const isOn = (name: string) => ['ON', '1'].includes(variables.get(name) ?? '');
  const findings: Finding[] = [];
  if (isOn('log_bin') && !isOn('log_bin_trust_function_creators') && !held.rights.has('SUPER')) {
    const made = await names(logged);
    if (made.length > 0)
      findings.push({
        level: held.role === null ? 'problem' : 'unchecked',
        what: `the server logs for replicas, and then lets only SUPER make ${few(made)}`,
        remedy:
          'Restore on a server without log_bin, or have log_bin_trust_function_creators switched on there',
      });
  }
  if (isOn('sql_require_primary_key')) {
    const tables = await names(keyless);
    if (tables.length > 0)
      findings.push({
        level: 'problem',
        what: `the server wants a primary key (sql_require_primary_key = ON), and there is none on ${few(tables)}`,
        remedy: 'Give these tables a primary key, or restore on a server without this rule',
      });
  }
  return findings;
};
