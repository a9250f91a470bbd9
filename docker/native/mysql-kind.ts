import { LabError } from './lab-error.ts';

/** Which server is the old app's MySQL: Debian's MariaDB, MySQL 8.0 (Maven Central) or MySQL 9 (Debian sid). */
export const mysqlKinds = ['mariadb', 'mysql8', 'mysql9'] as const;
export type MysqlKind = (typeof mysqlKinds)[number];

/** `RUNBOOK_LAB_MYSQL`; null: not asked for, which is MariaDB in a lab that is made anew. Throws LabError. */
export const wantedMysql = (env: NodeJS.ProcessEnv = process.env): MysqlKind | null => {
  const wanted = env.RUNBOOK_LAB_MYSQL;
  if (wanted === undefined || wanted === '') return null;
  const known = mysqlKinds.find((kind) => kind === wanted);
  if (known) return known;
  throw new LabError(
    `RUNBOOK_LAB_MYSQL=${wanted} is none of ${mysqlKinds.join(', ')}`,
    'Set one of them, or unset it',
  );
};
