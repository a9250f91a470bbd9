/** What the step's own account must be allowed to do. */
import type { Finding } from '../../engine/step.ts';
import type { SqlSession } from '../_targets/sql/client.ts';
import { everyRow } from './accounts.ts';

/** One of each line is enough; the servers name some of them differently. */
const needed = [
  { does: 'lock an account', rights: ['CREATE USER'] },
  { does: 'see all sessions', rights: ['PROCESS'] },
  { does: 'end sessions of others', rights: ['CONNECTION ADMIN', 'CONNECTION_ADMIN', 'SUPER'] },
] as const;

const remedyFor = (rights: readonly string[]): string =>
  `GRANT ${rights.join(' (or ')}${')'.repeat(rights.length - 1)} ON *.* to the target's user`;

/** Rights that come by a role are not listed by the servers: then only trying can tell. */
export const rightsFindings = async (session: SqlSession): Promise<readonly Finding[]> => {
  const listed = await session.query(
    "SELECT PRIVILEGE_TYPE AS p FROM information_schema.USER_PRIVILEGES WHERE GRANTEE = CONCAT('''', REPLACE(CURRENT_USER(), '@', '''@'''), '''')",
    [],
    everyRow,
  );
  const held = new Set(listed.rows.map(({ p }) => String(p)));
  const { rows } = await session.query('SELECT CURRENT_ROLE() AS role', [], 1);
  const role = rows[0]?.role;
  const byRole = role !== null && role !== undefined && role !== 'NONE' && role !== '';
  return needed
    .filter(({ rights }) => !rights.some((right) => held.has(right)))
    .map(({ does, rights }) => ({
      level: byRole ? 'unchecked' : 'problem',
      what: byRole
        ? `whether the role ${String(role)} lets it ${does} cannot be told beforehand`
        : `the target's user may not ${does}`,
      remedy: remedyFor(rights),
    }));
};
