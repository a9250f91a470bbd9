/** A database of the test's own on each server, and the step over the two. */
import type { Outcome } from '../../../engine/step.ts';
import { mysql } from '../../../steps/_targets/mysql/target.ts';
import { postgres } from '../../../steps/_targets/postgres/target.ts';
import { acts as thrown } from '../../../steps/data-compare/acts.ts';
import { asSides } from '../../../steps/data-compare/sessions.ts';
import { type CompareInput, type CompareOutput, dataCompare } from '../../../steps/data-compare/step.ts';
import { type ActWorld, actContext } from '../../support/act-context.ts';
import type { LabInfo } from '../../support/lab.ts';
import { mysqlConfig, openClient, postgresConfig } from '../../support/open-target.ts';
import { withOutcomes } from '../../support/outcomes.ts';
import { useMysqlDatabase, usePostgresDatabase } from '../../support/own-database.ts';

const acts = withOutcomes(thrown);

export const inputOf = (given: Record<string, unknown>): CompareInput =>
  dataCompare.input.parse({ against: 'fresh', ...given });

export const outputOf = (outcome: Outcome<CompareOutput>): CompareOutput => {
  if (!outcome.done) throw new Error(`it failed: ${outcome.short}`, { cause: outcome.cause });
  return outcome.output;
};

export const useBothSides = async (lab: LabInfo, more: Partial<ActWorld> = {}) => {
  const old = await useMysqlDatabase(lab);
  const fresh = await usePostgresDatabase(lab);
  const clients = {
    mysql: await openClient('mysql', mysql, mysqlConfig(lab, old.name)),
    postgres: await openClient('postgres', postgres, postgresConfig(lab, fresh.name)),
  };
  const context = (over: Partial<ActWorld> = {}) => {
    const world = { clients, ...more, ...over };
    const there = world.clients.postgres;
    return actContext({ ...world, ...(there && { targets: { fresh: there } }) });
  };
  const ctx = context();
  return {
    old,
    fresh,
    clients,
    sides: asSides(clients.mysql, clients.postgres),
    context,
    ctx,
    /** As the engine would, with an input as a runbook writes it. */
    run: (given: Record<string, unknown>) => acts.run(ctx, inputOf(given), null),
    check: (given: Record<string, unknown>) => acts.check(ctx, inputOf(given)),
    /** What it finds, with differences told and not failed on. */
    found: async (given: Record<string, unknown>): Promise<CompareOutput> =>
      outputOf(await acts.run(ctx, inputOf({ expect: 'any', ...given }), null)),
  };
};
