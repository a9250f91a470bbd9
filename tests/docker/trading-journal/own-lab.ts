/** A lab that belongs to one test file: what is tried here changes users, tables and the release that runs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, inject } from 'vitest';
import { down, type LabInfo, up } from '../../../docker/native/lab.ts';
import { openLabRoot } from '../../../docker/native/place.ts';
import { watchOver } from '../../../docker/native/watchdog.ts';

export const useOwnLab = async (): Promise<LabInfo> => {
  const dir = mkdtempSync(join(openLabRoot(), 'test-journal-'));
  const callOff = watchOver(dir, inject('labOwner'), 'remove');
  afterAll(async () => {
    await down(dir);
    callOff();
    rmSync(dir, { recursive: true, force: true });
  });
  return up(dir);
};
