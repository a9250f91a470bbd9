/** The dry run: the mapping of every column, and the very statements of the run, explained and not carried out. */
import { type ActContext, type Finding, StepFailed } from '../../engine/step.ts';
import { SqlError } from '../_kits/sql/client.ts';
import { notSent } from '../_kits/sql/doubtful.ts';
import { refusalOf } from '../_kits/sql/refusal.ts';
import { allColumns, type ComparedTable, isStreamed, seenFrom } from './compared-table.ts';
import { bucketChars } from './digests.ts';
import { doubtfulIn } from './doubtful.ts';
import { matchTable } from './match-table.ts';
import { rehearseDigest } from './rehearse-digest.ts';
import { said } from './said.ts';
import { inSnapshots, type Sessions, type Sides } from './sessions.ts';
import type { CompareInput, TableInput } from './step.ts';

const mapping = (plan: ComparedTable): string => {
  const columns = allColumns(plan).map(({ name, kind, entity, there, tolerance }) => {
    const as = there.name === name ? '' : ` as ${there.name}`;
    return `${name}${as}: ${entity === null ? kind : `id of ${entity}`}${tolerance === null ? '' : ' within a tolerance'}`;
  });
  const how = isStreamed(plan) ? 'rows travel, since JSON has no checksum' : 'by checksums';
  return `${plan.name}, about ${plan.estimatedRows} rows, ${how}: ${columns.join(', ')}`;
};

const explained = async (sessions: Sessions, plan: ComparedTable, range: number): Promise<void> => {
  const chars = bucketChars(plan.estimatedRows, range);
  for (const side of ['here', 'there'] as const) {
    const { server, session } = sessions[side];
    const own = seenFrom(plan, side);
    const digests = isStreamed(plan) ? [] : [server.digests(own, chars)];
    for (const sql of [...digests, server.rows(own, null)]) await session.query(`EXPLAIN ${sql}`);
  }
};

const refused = (table: string, error: SqlError): Finding => {
  const { passing, remedy } = refusalOf(error);
  return {
    level: passing ? 'unchecked' : 'problem',
    what: `${table}: ${said(error)}`,
    ...(remedy && { remedy }),
    ...(passing && { passing }),
  };
};

const tableFindings = async (
  sides: Sides,
  sessions: Sessions,
  table: TableInput,
  input: CompareInput,
): Promise<readonly Finding[]> => {
  await rehearseDigest(sessions);
  const found = await matchTable(sessions, table, input);
  if ('absent' in found)
    return [{ level: 'unchecked', what: `${table.table}: ${found.absent} is not there yet`, passing: true }];
  if ('faults' in found)
    return found.faults.map(({ what, remedy }) => ({
      level: 'problem',
      what: `${table.table}: ${what}`,
      remedy,
    }));
  const mapped: Finding = { level: 'verified', what: mapping(found.plan) };
  const doubtful = await doubtfulIn(sides, sessions, table, input);
  if (doubtful.length > 0)
    return [mapped, { level: 'unchecked', what: `${table.table}: ${notSent(doubtful)}` }];
  await explained(sessions, found.plan, input.range);
  return [mapped];
};

/** Each table in a snapshot of its own: a refusal ends the transaction it is in. Throws TargetError and SessionLost. */
export const check = async (
  sides: Sides,
  ctx: ActContext,
  input: CompareInput,
): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  for (const table of input.tables) {
    try {
      findings.push(
        ...(await inSnapshots(sides, ctx, (sessions) => tableFindings(sides, sessions, table, input))),
      );
    } catch (error) {
      if (error instanceof StepFailed)
        findings.push({ ...error.problem, what: `${table.table}: ${error.message}` });
      else if (error instanceof SqlError) findings.push(refused(table.table, error));
      else throw error;
    }
  }
  return findings;
};
