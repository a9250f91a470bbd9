/** The dry run of a restore: reads only. */
import type { ActContext, Finding } from '../../engine/step.ts';
import type { SqlSession } from '../_kits/sql/client.ts';
import { isOwnMachine } from '../_kits/sql/config.ts';
import { problem } from '../_kits/sql/restore-kind.ts';
import type { RestoreInput } from '../_kits/sql/restore-step.ts';
import { withSession } from '../_kits/sql/session.ts';
import type { MysqlClient } from '../_targets/mysql/client.ts';
import { optionFile } from '../_targets/mysql/option-file.ts';
import { heldRights, missingRights, type NeededRight } from '../_targets/mysql/rights.ts';
import { versionOf } from '../_targets/mysql/tools.ts';
import type { MysqlVersion } from '../_targets/mysql/versions.ts';
import { runScript } from '../_work/script.ts';
import { clientCommand } from './restore.ts';
import { freeScript, rehearseScript } from './scripts.ts';
import { ruleFindings } from './server-rules.ts';
import { notInADump } from './unproven.ts';

/** What setting somebody else as DEFINER takes. */
export const definerRights = ['SET USER', 'SET_ANY_DEFINER', 'SET_USER_ID', 'SUPER'] as const;

const programs = `SELECT 'CREATE VIEW' AS p, DEFINER AS d FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()
 UNION SELECT 'TRIGGER', DEFINER FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()
 UNION SELECT 'CREATE ROUTINE', DEFINER FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()`;

const rightsFindings = async (session: SqlSession, database: string): Promise<readonly Finding[]> => {
  const { rows } = await session.query(programs);
  const me = (await session.query('SELECT CURRENT_USER() AS me', [], 1)).rows[0]?.me;
  const on = `\`${database}\`.*`;
  const kinds = [...new Set(rows.map(({ p }) => String(p)))];
  const basic = ['CREATE', 'DROP', 'SELECT', 'INSERT', 'UPDATE', 'ALTER', 'LOCK TABLES', ...kinds];
  const needed: NeededRight[] = basic.map((right) => ({
    does: `${right} in ${database}`,
    rights: [right],
    on,
  }));
  const definers = [...new Set(rows.map(({ d }) => String(d)).filter((d) => d !== me))];
  if (definers.length > 0)
    needed.push({
      does: `make views, triggers or routines whose DEFINER is another account (${definers.join(', ')})`,
      rights: [...definerRights],
      on: '*.*',
    });
  const held = await heldRights(session, database);
  const missing = [...missingRights(held, needed), ...(await ruleFindings(session, held))];
  return missing.length > 0
    ? missing
    : [{ level: 'verified', what: `the target's user may make and fill ${database}` }];
};

/** Where the server keeps its data is only known to be this place when its address says so. */
const diskFindings = async (client: MysqlClient, ctx: ActContext): Promise<readonly Finding[]> => {
  const { config, place } = client.access;
  if (!isOwnMachine(config) || place !== ctx.runOn) return [];
  const dataDir = await withSession(client, 'read', ctx, async (session) =>
    String((await session.query('SELECT @@datadir AS dir', [], 1)).rows[0]?.dir),
  );
  const shell = await ctx.connect('shell');
  const { lines } = await runScript(shell, freeScript, [dataDir], { signal: ctx.signal });
  const free = Number(lines[0] ?? Number.NaN);
  if (!Number.isFinite(free)) return [];
  const needed = await client.dataBytes();
  return free < needed
    ? [problem(`${free} bytes free where the server keeps its data, ${needed} needed`, 'Free some disk')]
    : [{ level: 'verified', what: `${free} bytes free where the server keeps its data` }];
};

const clientFinding = async (
  client: MysqlClient,
  ctx: ActContext,
  server: MysqlVersion,
): Promise<Finding> => {
  const command = await clientCommand(ctx, client, server, null);
  if ('what' in command) return problem(command.what, command.remedy);
  const shell = await ctx.connect('shell');
  const { code, complaint } = await runScript(shell, rehearseScript, command, {
    stdin: optionFile(client.access),
    signal: ctx.signal,
    killGraceMs: ctx.killGraceMs,
  });
  return code === 0
    ? { level: 'verified', what: `the client on ${shell.place} logs in` }
    : problem(ctx.mask(complaint), 'Fix the login, or install another mysql (or mariadb) client there');
};

/** First: the way in. */
export const findings = async (
  client: MysqlClient,
  ctx: ActContext,
  input: RestoreInput,
): Promise<readonly Finding[]> => {
  const server = await versionOf(client);
  return [
    await clientFinding(client, ctx, server),
    ...(await withSession(client, 'read', ctx, (session) => rightsFindings(session, input.database))),
    ...(await diskFindings(client, ctx)),
    ...(await withSession(client, 'read', ctx, (session) => notInADump(session, input.database))).map(
      (what): Finding => ({ level: 'unchecked', what }),
    ),
  ];
};
