/**
 * `const mysql8 = await useMysql('mysql8')`: a server of that kind beside the lab, shared by all files of one vitest
 * run. For what is true of MySQL and not of MariaDB; all tests of a file on another server: RUNBOOK_LAB_MYSQL.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { LabError } from '../../docker/native/lab-error.ts';
import { type MysqlAlone, upMysqlAlone } from '../../docker/native/mysql-alone.ts';
import type { MysqlKind } from '../../docker/native/mysql-kind.ts';
import { watchOver } from '../../docker/native/watchdog.ts';
import { type LabInfo, useLab } from './lab.ts';

export interface MysqlServer extends MysqlAlone {
  /** The lab with this server in place of its own: what tests hand to `mysqlConfig`, `useMysqlDatabase` and others. */
  readonly lab: LabInfo;
}

/** Why there is none: for `describe.skipIf` and its name. */
export interface NoMysqlServer {
  readonly missing: string;
}

/** The first file that asks waits until it is unpacked (once in a clone; MySQL 8 may take a download of 550 MB). */
export const useMysql = async (kind: MysqlKind): Promise<MysqlServer | NoMysqlServer> => {
  const lab = await useLab();
  const dir = join(inject('labDir'), kind);
  const told = join(dir, 'missing');
  if (existsSync(told)) return { missing: readFileSync(told, 'utf8') };
  if (!existsSync(dir)) {
    mkdirSync(dir, { recursive: true });
    watchOver(dir, inject('labOwner'), 'remove');
  }
  try {
    const alone = await upMysqlAlone(dir, kind);
    return { ...alone, lab: { ...lab, mysql: alone.access } };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    process.stderr.write(`${error.message}\n`);
    // The next file need not try again.
    writeFileSync(told, error.message);
    return { missing: error.message };
  }
};
