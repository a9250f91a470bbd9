/** vitest globalSetup: names the lab of this run; starts nothing unless a test file asks (lab.ts). */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { down } from '../../docker/native/lab.ts';
import { mysqlKinds } from '../../docker/native/mysql-kind.ts';
import { labDir, openLabRoot } from '../../docker/native/place.ts';
import { marker } from '../../docker/native/servers.ts';

/** A folder for each run, so that runs side by side never share data. */
export default ({ provide }: TestProject): (() => Promise<void>) => {
  openLabRoot();
  process.env[marker] = 'tests';
  const dir = labDir(`test-${process.pid}`);
  mkdirSync(dir, { recursive: true });
  provide('labDir', dir);
  provide('labOwner', process.pid);
  return async () => {
    // Servers that tests asked for beside the lab (mysql-server.ts).
    for (const kind of mysqlKinds) await down(join(dir, kind));
    await down(dir);
    rmSync(dir, { recursive: true, force: true });
  };
};
