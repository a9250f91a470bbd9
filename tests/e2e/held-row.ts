/** A row that another session holds: the query of a runbook waits for it as long as the test wants. */
import mysql from 'mysql2/promise';
import { onTestFinished } from 'vitest';
import type { LabInfo } from '../support/lab.ts';
import { mysqlProcesses } from '../support/mysql-processes.ts';
import { useMysqlDatabase } from '../support/own-database.ts';
import { databaseTarget, leaves, type Scene, vpsTarget } from './cli-run.ts';

export interface HeldRow {
  /** A runbook whose step `mark` inserts that row, over SSH, between `first` and `last`. */
  scene(vps: string, more?: Readonly<Record<string, unknown>>): Scene;
  readonly secrets: Readonly<Record<string, string>>;
  /** Holds the whole table instead, so that nobody reads it either; the row stays. */
  holdTable(): Promise<unknown>;
  /** How many sessions are waiting for it. */
  waiting(): Promise<number>;
  release(): Promise<unknown>;
  /** The marks that are committed. */
  marks(): Promise<readonly unknown[]>;
  markByHand(): Promise<unknown>;
}

export const useHeldRow = async (lab: LabInfo): Promise<HeldRow> => {
  const { name, ask } = await useMysqlDatabase(lab);
  await ask('CREATE TABLE marks (mark VARCHAR(20) PRIMARY KEY) ENGINE=InnoDB');
  const insert = "INSERT INTO marks VALUES ('tonight')";
  const { host, port, adminUser: user, adminPassword: password } = lab.mysql;
  const holder = await mysql.createConnection({ host, port, user, password, database: name });
  onTestFinished(() => holder.end());
  await holder.beginTransaction();
  await holder.query(insert);
  const mark = (more: object) => ({
    id: 'mark',
    type: 'mysql.query',
    target: 'db',
    with: { sql: insert, effects: 'write', expect: { affected: 1 }, ...more },
    rollback: { undo: { none: 'a mark' } },
  });
  return {
    scene: (vps, more = {}) => ({
      secrets: { db_password: { env: 'DB_PASSWORD' } },
      targets: { vps: vpsTarget(lab, vps), db: databaseTarget(lab, name) },
      steps: [leaves('first', vps), mark(more), leaves('last', vps)],
    }),
    secrets: { DB_PASSWORD: password },
    waiting: async () =>
      (await mysqlProcesses(ask)).filter(
        ({ db, statement, state }) =>
          db === name &&
          (/^\/\* runbook .*INSERT INTO marks/.test(statement) || state.startsWith('Waiting for table')),
      ).length,
    holdTable: () => holder.query('LOCK TABLES marks WRITE'),
    release: () => holder.query('ROLLBACK').then(() => holder.query('UNLOCK TABLES')),
    marks: async () => (await ask('SELECT mark FROM marks')).map(({ mark }) => mark),
    markByHand: () => ask(insert),
  };
};
