/**
 * Which functions a read may call, views included: a server calls what a view's definition calls as if the read had
 * named it. Neither server lists all of them: MySQL's VIEW_ROUTINE_USAGE has no GET_LOCK, and MariaDB has no such table.
 */
import type { SqlSession } from '../../_kits/sql/client.ts';
import type { Judged, Named, Used } from '../../_kits/sql/statement.ts';
import { judgeRead } from './judge-read.ts';

/** Came with the server. */
export const ofTheServer = /^(mysql|information_schema|performance_schema|sys)$/i;

const definition = `SELECT VIEW_DEFINITION AS text FROM information_schema.VIEWS
  WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ?`;

const isSeen = `SELECT COUNT(*) AS n FROM information_schema.TABLES
  WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ?`;

/** How the servers write a definition where the parser knows no such words; none of them calls anything. */
const known = (text: string): string =>
  text
    .replaceAll(/\bas char(\(\d+\))? charset \w+/g, 'as char$1')
    .replaceAll(/(?<=[`)\d]) MOD (?=[`(\d])/g, ' % ')
    .replaceAll(/ with rollup\b/g, '');

/** Of a view's definition as the server keeps it. */
export const judgeDefinition = (text: string): Promise<Judged> => judgeRead(known(text));

interface Looked {
  readonly told: readonly string[];
  readonly inside: readonly Named[];
}

const nothing: Looked = { told: [], inside: [] };
const shown = ({ schema, name }: Named): string => (schema === null ? name : `${schema}.${name}`);

/** `by`: the view that reads it; null: the read itself, which is refused where its account sees nothing there. */
const lookAt = async (session: SqlSession, found: Named, by: string | null): Promise<Looked> => {
  const params = [found.schema, found.name];
  const view = (await session.query(definition, params, 1)).rows[0];
  if (view === undefined) {
    if (by === null || Number((await session.query(isSeen, params, 1)).rows[0]?.n) > 0) return nothing;
    return { told: [`${shown(found)} (in the view ${by}, not shown to the target's user)`], inside: [] };
  }
  const text = String(view.text ?? '');
  if (text === '')
    return { told: [`the view ${shown(found)} (the target's user may not SHOW VIEW)`], inside: [] };
  const judged = await judgeDefinition(text);
  if (judged.is !== 'read')
    return { told: [`the view ${shown(found)} (the parser does not know its definition)`], inside: [] };
  return {
    told: judged.calls.map((call) => `${call} (in the view ${shown(found)})`),
    // A definition names the schema of all but its own WITH queries.
    inside: judged.relations.filter(({ schema }) => schema !== null),
  };
};

export const unproven = async (
  session: SqlSession,
  { calls, relations }: Used,
): Promise<readonly string[]> => {
  const told = new Set(calls);
  const left = relations.map((found) => ({ found, by: null as string | null }));
  const seen = new Set<string>();
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { found, by } = next;
    const key = JSON.stringify([found.schema, found.name]);
    if (seen.has(key) || ofTheServer.test(found.schema ?? '')) continue;
    seen.add(key);
    const looked = await lookAt(session, found, by);
    for (const one of looked.told) told.add(one);
    left.push(...looked.inside.map((inner) => ({ found: inner, by: shown(found) })));
  }
  return [...told];
};
