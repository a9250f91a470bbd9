/**
 * The sample app's migration, rows a second, beside pgloader on the same rows and servers. The two do not do the
 * same: the row says what only one of them does, and there is no goal but to know the number.
 */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { LabInfo } from '../../docker/native/info.ts';
import { migrate, pushSchema } from '../docker/trading-journal/scripts.ts';
import { interleave } from './interleave.ts';
import type { Finding, Measurement } from './measurement.ts';
import { openPgloader, type Pgloader } from './pgloader.ts';

interface Migrated {
  readonly ms: number;
  /** Copied. */
  readonly rows: number;
  /** Left in MySQL on purpose: pgloader copies them too. */
  readonly skipped: number;
}

const empty = async ({ postgres }: LabInfo): Promise<void> => {
  const { host, port, database, adminUser: user, adminPassword: password } = postgres;
  const client = new pg.Client({ host, port, database, user, password });
  await client.connect();
  try {
    const { rows } = await client.query(
      "SELECT string_agg(format('public.%I', tablename), ', ') AS all FROM pg_tables WHERE schemaname = 'public'",
    );
    await client.query(`TRUNCATE ${rows[0].all}, migration.id_map CASCADE`);
    await client.query('DELETE FROM auth.users');
    await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
};

const migrated = async (lab: LabInfo): Promise<Migrated> => {
  await empty(lab);
  const startedAt = performance.now();
  const { code, result, stderr } = await migrate(lab);
  const ms = performance.now() - startedAt;
  if (code !== 0) throw new Error(`the migration ended with ${code}: ${stderr.trim().split('\n').at(-1)}`);
  const skipped = Object.values(result?.skipped as Record<string, number>).reduce((sum, n) => sum + n, 0);
  return { ms, rows: Number(result?.rows), skipped };
};

const reason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

export const etl: Measurement = async ({ dir, openLab, sizes: { migratedTrades, migrations } }) => {
  const { info, root, close } = await openLab(migratedTrades);
  try {
    const pushed = await pushSchema(info);
    if (pushed.code !== 0) throw new Error(`db:push ended with ${pushed.code}: ${pushed.stderr}`);
    const { rows, skipped } = await migrated(info);
    const own = async () => (await migrated(info)).ms;
    const finding = (ms: number, baseline: string): Finding => ({
      what: `ETL, ${rows.toLocaleString('en')} rows, ${info.seed.users} users`,
      measured: `${(ms / 1000).toFixed(2)} s: users into Auth, ids to uuids, upserts that can be run again`,
      baseline,
      value: (rows / ms) * 1000,
      goal: null,
      unit: 'rows/s',
    });
    const beside = async (pgloader: Pgloader) => {
      const turns = { own, pgloader: () => pgloader.load(rows + skipped) };
      const { own: ms, pgloader: theirs } = await interleave(migrations, turns);
      const speed = Math.round(((rows + skipped) / theirs) * 1000).toLocaleString('en');
      return finding(
        ms,
        `pgloader ${pgloader.version}: ${(theirs / 1000).toFixed(2)} s, ${speed} rows/s: tables as they are, no Auth, no uuids`,
      );
    };
    try {
      return [await beside(await openPgloader(info, root, mkdtempSync(join(dir, 'pgloader-'))))];
    } catch (error) {
      const { own: ms } = await interleave(migrations, { own });
      return [finding(ms, `pgloader did not run here: ${reason(error)}`)];
    }
  } finally {
    await close();
  }
};
