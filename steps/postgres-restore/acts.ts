import type { ActContext, Finding } from '../../engine/step.ts';
import type { Unfit } from '../_kits/sql/access.ts';
import { restores } from '../_kits/sql/restore.ts';
import { type Inspected, problem, type Restorable, restoreExits } from '../_kits/sql/restore-kind.ts';
import type { RestoreInput } from '../_kits/sql/restore-step.ts';
import { withSession } from '../_kits/sql/session.ts';
import { complaintOfTool, ToolWords } from '../_kits/sql/tool-words.ts';
import type { PostgresClient } from '../_targets/postgres/client.ts';
import { postgresWord } from '../_targets/postgres/tool-words.ts';
import { findTools, loginEnv } from '../_targets/postgres/tools.ts';
import { runWork, type WorkScript } from '../_work/run-work.ts';
import { runScript } from '../_work/script.ts';
import { countRows, dropScratch, lookAtScratch, makeScratch, markFinished } from './scratch.ts';
import { inspectScript, restoreScript } from './scripts.ts';

interface Dump extends Restorable {
  /** The release of the server it is of; NaN: the dump does not say. */
  readonly major: number;
}

const inspect = async (ctx: ActContext, path: string): Promise<Inspected<Dump>> => {
  const shell = await ctx.connect('shell');
  const { code, lines, complaint } = await runScript(shell, inspectScript, [path], { signal: ctx.signal });
  if (code !== 0) return { is: 'unfit', why: ctx.mask(complaint), final: code === restoreExits.final };
  const [word, first = '', header = '', ...tables] = lines;
  if (word !== 'there') return { is: 'absent' };
  const [sha256 = '', bytes] = first.split(' ');
  const major = Number(/database version (\d+)/.exec(header)?.[1]);
  return { is: 'dump', dump: { sha256, bytes: Number(bytes), tables, major } };
};

const misfit = async (client: PostgresClient, { major }: Dump): Promise<Unfit | null> => {
  const server = await client.version();
  return server.major < major
    ? {
        what: `the dump is of Postgres ${major}, and this server is the older ${server.shown}`,
        remedy: 'Restore it on the server it was taken from, or on one of its release or later',
      }
    : null;
};

/** The newest there: whichever can read the dump is found by the script. */
const work = async (
  ctx: ActContext,
  client: PostgresClient,
  { path, database }: RestoreInput,
): Promise<WorkScript | Unfit> => {
  const found = await findTools(await ctx.connect('shell'), 'pg_restore', ctx.signal);
  if ('what' in found) return found;
  const [newest = found[0]] = found.toSorted((a, b) => b.version.major - a.version.major);
  const login = loginEnv(client.access, newest, database);
  if ('what' in login) return login;
  return { script: restoreScript, args: [path], stdin: client.access.password(), env: login.env };
};

const remedyFor = (complaint: string): string | undefined => {
  if (/No space left on device|could not extend file/.test(complaint))
    return 'Free disk where the server keeps its data';
  if (/extension ".*" is not available|could not open extension control file/.test(complaint))
    return 'Install the packages of that extension on the server';
  if (/permission denied/.test(complaint)) return 'Restore as a role that may make what the dump has';
  return undefined;
};

const leftOver = `SELECT (SELECT count(*) FROM pg_proc WHERE oid >= 16384) AS functions,
  (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal) AS triggers`;
const elsewhere = `SELECT (SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()) AS prepared,
  (SELECT count(*) FROM pg_publication) AS publications,
  (SELECT count(*) FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = current_database()) AS subscriptions`;

const counts = async (
  client: PostgresClient,
  ctx: ActContext,
  sql: string,
): Promise<Readonly<Record<string, unknown>>> =>
  withSession(client, 'read', ctx, async (session) => (await session.query(sql, [], 1)).rows[0] ?? {});

/** As long as the database that was dumped has them. */
const notInADump = async (client: PostgresClient, ctx: ActContext): Promise<readonly string[]> => {
  const { prepared, publications, subscriptions } = await counts(client, ctx, elsewhere);
  const told = (n: unknown, what: string) => (Number(n) > 0 ? [`${what}: ${n}`] : []);
  return [
    'owners and rights (left out)',
    ...told(publications, 'publications (left out)'),
    ...told(subscriptions, 'subscriptions (left out, since they would run)'),
    ...told(prepared, 'not in the dump: prepared transactions'),
  ];
};

const unproven = async (
  client: PostgresClient,
  ctx: ActContext,
  database: string,
): Promise<readonly string[]> => {
  const made = await counts(client.inDatabase(database), ctx, leftOver);
  return [
    ...(Number(made.functions) > 0 ? [`functions: ${made.functions} (made, not called)`] : []),
    ...(Number(made.triggers) > 0 ? [`triggers: ${made.triggers} (made, not fired by a change)`] : []),
    ...(await notInADump(client, ctx)),
  ];
};

const mayMake =
  'SELECT rolsuper OR rolcreatedb AS may, rolname AS me FROM pg_roles WHERE rolname = current_user';

const findings = async (
  client: PostgresClient,
  ctx: ActContext,
  input: RestoreInput,
): Promise<readonly Finding[]> => {
  const command = await work(ctx, client, input);
  const { place } = await ctx.connect('shell');
  const { may, me } = await counts(client, ctx, mayMake);
  return [
    'what' in command
      ? problem(command.what, command.remedy)
      : { level: 'verified', what: `there is a pg_restore on ${place}` },
    may === true
      ? { level: 'verified', what: `the target's user may make ${input.database}` }
      : problem(`the target's user may not make a database`, `ALTER ROLE "${me}" CREATEDB`),
    ...(await notInADump(client, ctx)).map((what): Finding => ({ level: 'unchecked', what })),
  ];
};

export const acts = restores<PostgresClient, Dump>({
  type: 'postgres.restore',
  dumpType: 'postgres.dump',
  clientOf: (ctx) => ctx.connect('postgres'),
  isSameName: (a, b) => a === b,
  inspect,
  misfit,
  work,
  async restore(ctx, _dump, script) {
    const words = new ToolWords(postgresWord, (text) => ctx.log(text, 'stderr'));
    const result = await runWork(ctx, script, { onMarked: (chunk) => words.push(chunk) });
    // Says what was left out.
    words.end();
    return result;
  },
  complaintOf: async (ctx, _input, { code, stderr }) =>
    ctx.mask(complaintOfTool(postgresWord, stderr) ?? `pg_restore ended with exit ${code}`),
  remedyFor,
  rightsRemedy: "ALTER ROLE ... CREATEDB for the target's user",
  look: lookAtScratch,
  make: makeScratch,
  markFinished,
  drop: dropScratch,
  count: countRows,
  unproven,
  findings,
});
