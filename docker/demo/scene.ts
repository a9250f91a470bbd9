/** What the world looks like from outside the engine: the ground that the proofs stand on. */
import mysql from 'mysql2/promise';
import type { LabInfo } from '../native/lab.ts';
import { runOnVps } from '../native/session.ts';

export interface Scene {
  /** Of the front page, as a visitor gets it. */
  readonly status: number;
  /** Release that the page names; null: none, as on the maintenance page. */
  readonly version: string | null;
  /** Of the checkout on the VPS. */
  readonly commit: string;
  /** Commit that the running process was built from. */
  readonly running: string | null;
  /** Rows by table. */
  readonly rows: { readonly [table: string]: number };
}

export const observe = async (lab: LabInfo): Promise<Scene> => {
  const [page, commit, running, rows] = await Promise.all([
    visit(lab.web.url),
    runOnVps(lab.ssh, `git -C '${lab.vps.appDir}' rev-parse HEAD`),
    builtFrom(lab.web.appPort),
    countRows(lab.mysql),
  ]);
  return { ...page, commit: commit.trim(), running, rows };
};

/** 0: nobody answered. */
export const visit = async (url: string): Promise<Pick<Scene, 'status' | 'version'>> => {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    const release = /<meta name="release" content="([^"]+)">/.exec(await answer.text());
    return { status: answer.status, version: release?.[1] ?? null };
  } catch {
    return { status: 0, version: null };
  }
};

const builtFrom = async (port: number): Promise<string | null> => {
  try {
    const health = (await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()) as { commit?: string };
    return health.commit ?? null;
  } catch {
    return null;
  }
};

const countRows = async ({ host, port, user, password, database }: LabInfo['mysql']) => {
  const connection = await mysql.createConnection({ host, port, user, password, database });
  try {
    const [tables] = await connection.query<mysql.RowDataPacket[]>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? AND table_type = 'BASE TABLE' ORDER BY 1",
      [database],
    );
    const rows: Record<string, number> = {};
    for (const { name } of tables) {
      const [counts] = await connection.query<mysql.RowDataPacket[]>('SELECT COUNT(*) AS n FROM ??', [name]);
      rows[name] = counts[0]?.n;
    }
    return rows;
  } finally {
    await connection.end();
  }
};
