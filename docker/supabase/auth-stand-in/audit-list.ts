/** GET /admin/audit, newest first. */
import type { Context } from 'hono';
import { pageLinks, pageOf } from './pages.ts';
import type { Env, Service } from './service.ts';

export const listAudit = async (c: Context<Env>, { pool }: Service) => {
  const page = pageOf(c);
  const { rows } = await pool.query(
    'SELECT id, payload, created_at, ip_address FROM auth.audit_log_entries ORDER BY created_at DESC LIMIT $1 OFFSET $2',
    [page.limit, page.offset],
  );
  const counted = await pool.query('SELECT count(*)::int AS n FROM auth.audit_log_entries');
  pageLinks(c, page, counted.rows[0].n);
  return c.json(rows);
};
