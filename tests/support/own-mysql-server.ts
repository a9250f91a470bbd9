/**
 * `const lab = await useOwnMysqlServer()`: the lab with a MySQL server of this file alone, of the same kind. For tests
 * that change or block a whole server (SET GLOBAL, locks on mysql.*): other files see nothing of it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, inject } from 'vitest';
import { down } from '../../docker/native/lab.ts';
import { upMysqlAlone } from '../../docker/native/mysql-alone.ts';
import { watchOver } from '../../docker/native/watchdog.ts';
import { type LabInfo, useLab } from './lab.ts';

export const useOwnMysqlServer = async (): Promise<LabInfo> => {
  const lab = await useLab();
  const dir = mkdtempSync(join(inject('labDir'), 'own-'));
  watchOver(dir, inject('labOwner'), 'remove');
  afterAll(async () => {
    await down(dir);
    rmSync(dir, { recursive: true, force: true });
  });
  const { access } = await upMysqlAlone(dir, lab.mysql.server);
  return { ...lab, mysql: access };
};
