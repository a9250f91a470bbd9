/** Which rights the target's own user has, as far as the server lists them. */
import type { Finding } from '../../../engine/step.ts';
import type { SqlSession } from '../../_kits/sql/client.ts';

export interface HeldRights {
  readonly rights: ReadonlySet<string>;
  /** Rights that come by it are not listed: then only trying can tell. null: none is active. */
  readonly role: string | null;
}

const me = "CONCAT('''', REPLACE(CURRENT_USER(), '@', '''@'''), '''')";

/** Rights on everything, and those on `database` where one is given; it need not exist. */
export const heldRights = async (session: SqlSession, database: string | null): Promise<HeldRights> => {
  const listed = await session.query(
    `SELECT PRIVILEGE_TYPE AS p FROM information_schema.USER_PRIVILEGES WHERE GRANTEE = ${me}
     UNION SELECT PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES WHERE GRANTEE = ${me} AND ? LIKE TABLE_SCHEMA`,
    [database ?? ''],
  );
  const { rows } = await session.query('SELECT CURRENT_ROLE() AS role');
  const role = rows[0]?.role;
  return {
    rights: new Set(listed.rows.map(({ p }) => String(p))),
    role: role === null || role === undefined || role === '' || role === 'NONE' ? null : String(role),
  };
};

/** Something the user must be able to do; one of the rights is enough, the servers name some differently. */
export interface NeededRight {
  readonly does: string;
  readonly rights: readonly [string, ...string[]];
  /** What the right has to be granted on. */
  readonly on: string;
}

/** What is missing; empty: all is there. */
export const missingRights = (held: HeldRights, needed: readonly NeededRight[]): readonly Finding[] =>
  needed
    .filter(({ rights }) => !rights.some((right) => held.rights.has(right)))
    .map(({ does, rights: [first, ...others], on }) => ({
      level: held.role === null ? 'problem' : 'unchecked',
      what:
        held.role === null
          ? `the target's user may not ${does}`
          : `whether the role ${held.role} lets it ${does} is not known beforehand`,
      remedy: `GRANT ${first} ON ${on} to the target's user${others.length > 0 ? ` (or ${others.join(', ')})` : ''}`,
    }));
