/** The scratch database. A comment on it says which run and step made it: by that, and by nothing else, it is known again. */
import * as z from 'zod';
import type { ActContext } from '../../engine/step.ts';
import { TargetError } from '../../engine/target.ts';
import type { SqlSession } from '../_kits/sql/client.ts';
import { ownerOf, type Scratch, scratchLock } from '../_kits/sql/restore-kind.ts';
import { type RestoreOutput, restoreOutput } from '../_kits/sql/restore-step.ts';
import { withSession } from '../_kits/sql/session.ts';
import { baseTables } from '../_targets/postgres/base-tables.ts';
import type { PostgresClient } from '../_targets/postgres/client.ts';

const markOf = z.strictObject({ runbook_restore: z.string(), output: restoreOutput.nullable() });

/** CREATE and DROP DATABASE take no transaction. */
const alone = (
  client: PostgresClient,
  ctx: ActContext,
  work: (session: SqlSession) => Promise<void>,
): Promise<void> =>
  withSession(
    client,
    'alone',
    ctx,
    async (session) => {
      await work(session);
      // Gives the lock back.
      await session.rollback();
    },
    scratchLock(ctx),
  );

const textOf = async (
  session: SqlSession,
  sql: string,
  params: readonly string[],
): Promise<string | null> => {
  const { rows } = await session.query(sql, params, 1);
  const [value] = Object.values(rows[0] ?? {});
  return value === null || value === undefined ? null : String(value);
};

const mark = async (
  session: SqlSession,
  ctx: ActContext,
  database: string,
  output: RestoreOutput | null,
): Promise<void> => {
  const text = JSON.stringify({ runbook_restore: ownerOf(ctx), output });
  const sql = "SELECT format('COMMENT ON DATABASE %I IS %L', $1::text, $2::text)";
  await session.query(String(await textOf(session, sql, [database, text])));
};

const found = `SELECT json_build_object('comment', shobj_description(oid, 'pg_database')) AS it
  FROM pg_database WHERE datname = $1`;

/** Whatever somebody made; what an extension brings counts too. */
const objects = `SELECT (SELECT count(*) FROM pg_class WHERE oid >= 16384) + (SELECT count(*) FROM pg_proc WHERE oid >= 16384)
  + (SELECT count(*) FROM pg_namespace WHERE oid >= 16384) + (SELECT count(*) FROM pg_type WHERE oid >= 16384) AS n`;

/** One that cannot be looked into is not empty. */
const isEmpty = async (client: PostgresClient, ctx: ActContext, database: string): Promise<boolean> => {
  try {
    return await withSession(
      client.inDatabase(database),
      'read',
      ctx,
      async (session) => (await textOf(session, objects, [])) === '0',
    );
  } catch (error) {
    if (error instanceof TargetError) return false;
    throw error;
  }
};

const markIn = (comment: unknown): z.output<typeof markOf> | null => {
  if (typeof comment !== 'string' || !comment.startsWith('{"runbook_restore"')) return null;
  try {
    return markOf.parse(JSON.parse(comment));
  } catch {
    return null;
  }
};

export const lookAtScratch = async (
  client: PostgresClient,
  ctx: ActContext,
  database: string,
): Promise<Scratch> => {
  const { rows } = await withSession(client, 'read', ctx, (session) => session.query(found, [database], 1));
  const [row] = rows;
  if (row === undefined) return { is: 'absent' };
  const known = markIn((row.it as { comment: unknown }).comment);
  if (known === null) return { is: 'foreign', empty: await isEmpty(client, ctx, database) };
  if (known.runbook_restore !== ownerOf(ctx)) return { is: 'anothers', owner: known.runbook_restore };
  return { is: 'ours', output: known.output };
};

/** With encoding and order of the target's own database. The names of its columns change from release to release. */
const like = `SELECT format('CREATE DATABASE %I TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L', $1::text,
   pg_encoding_to_char(encoding), datcollate, datctype) || CASE to_jsonb(d) ->> 'datlocprovider'
   WHEN 'i' THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L', coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'))
   WHEN 'b' THEN format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', to_jsonb(d) ->> 'datlocale') ELSE '' END
  FROM pg_database d WHERE datname = current_database()`;

export const makeScratch = (client: PostgresClient, ctx: ActContext, database: string): Promise<void> =>
  alone(client, ctx, async (session) => {
    await session.query(String(await textOf(session, like, [database])));
    await mark(session, ctx, database, null);
  });

export const markFinished = (client: PostgresClient, ctx: ActContext, output: RestoreOutput): Promise<void> =>
  alone(client, ctx, (session) => mark(session, ctx, output.database, output));

/** The caller has made sure whose it is. */
export const dropScratch = (client: PostgresClient, ctx: ActContext, database: string): Promise<void> =>
  alone(client, ctx, async (session) => {
    // The name is one of letters, digits and underscores.
    await session.query(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
  });

export const countRows = (
  client: PostgresClient,
  ctx: ActContext,
  database: string,
): Promise<Readonly<Record<string, number>>> =>
  withSession(client.inDatabase(database), 'read', ctx, async (session) => {
    const { rows } = await session.query(baseTables);
    const counted: Record<string, number> = {};
    for (const { schema, name } of rows) {
      const [table] = (
        await session.query("SELECT format('%I.%I', $1::text, $2::text) AS it", [
          String(schema),
          String(name),
        ])
      ).rows;
      counted[`${schema}.${name}`] = Number(
        await textOf(session, `SELECT count(*) FROM ONLY ${table?.it}`, []),
      );
    }
    return counted;
  });
