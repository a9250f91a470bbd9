/**
 * A read-only stand-in for PostgREST, for one question: what may a holder of this key read? Answers with the
 * database's own word, as the role that the JWT names.
 */
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import pg from 'pg';
import { type ReadQuery, readQueryOf, UnknownQueryError } from './rest-query.ts';

export interface Rest {
  readonly pool: pg.Pool;
  readonly jwtSecret: string;
}

const roles = ['anon', 'authenticated', 'service_role'];

export const readTable = async (c: Context, { pool, jwtSecret }: Rest) => {
  let claims: JWTPayload & { role?: unknown };
  try {
    claims = await claimsOf(c.req.header('authorization'), jwtSecret);
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    return failure(c, 401, 'PGRST301', error.message);
  }
  const role = String(claims.role ?? 'anon');
  if (!roles.includes(role)) return failure(c, 401, 'PGRST301', `role "${role}" does not exist`);
  try {
    const query = readQueryOf(c.req.param('table') ?? '', c.req.queries());
    const { rows, total } = await runAs(pool, role, claims, query, c.req.header('prefer') ?? '');
    const count = (JSON.parse(rows) as unknown[]).length;
    c.header('Content-Range', `${count === 0 ? '*' : `0-${count - 1}`}/${total ?? '*'}`);
    c.header('Content-Type', 'application/json; charset=utf-8');
    return c.body(rows);
  } catch (error) {
    if (error instanceof UnknownQueryError) return failure(c, 400, 'PGRST100', error.message);
    if (error instanceof pg.DatabaseError) return databaseFailure(c, role, error);
    throw error;
  }
};

const claimsOf = async (header: string | undefined, secret: string): Promise<JWTPayload> => {
  const token = /^bearer (\S+)$/i.exec(header ?? '')?.[1];
  if (token === undefined) return { role: 'anon' };
  return (await jwtVerify(token, new TextEncoder().encode(secret), { algorithms: ['HS256'] })).payload;
};

const runAs = async (
  pool: pg.Pool,
  role: string,
  claims: JWTPayload,
  { sql, countSql, values }: ReadQuery,
  prefer: string,
): Promise<{ rows: string; total: number | null }> => {
  const client = await pool.connect();
  try {
    await client.query('BEGIN READ ONLY');
    await client.query(`SET LOCAL ROLE ${pg.escapeIdentifier(role)}`);
    await client.query("SELECT set_config('request.jwt.claims', $1, true)", [JSON.stringify(claims)]);
    const { rows } = await client.query(sql, values);
    const total = prefer.includes('count=exact') ? (await client.query(countSql, values)).rows[0].n : null;
    return { rows: rows[0].rows, total };
  } finally {
    await client.query('ROLLBACK').catch(() => {});
    client.release();
  }
};

const databaseFailure = (c: Context, role: string, error: pg.DatabaseError) => {
  const { code = '', message } = error;
  if (code === '42P01')
    return failure(
      c,
      404,
      'PGRST205',
      `Could not find the table 'public.${c.req.param('table')}' in the schema cache`,
    );
  const status = code === '42501' ? (role === 'anon' ? 401 : 403) : code.startsWith('53') ? 503 : 400;
  return failure(c, status, code, message);
};

const failure = (c: Context, status: ContentfulStatusCode, code: string, message: string) =>
  c.json({ code, details: null, hint: null, message }, status);
