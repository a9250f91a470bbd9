/**
 * `const lab = await useLab()` at the top of a test file: real MariaDB, Postgres, sshd, nginx and pm2.
 * The first file that asks starts them (2 to 3 s, the very first time ever 10 s); all files of one vitest
 * run share them. A file that writes to a database makes one of its own (`lab.mysql.adminUser`).
 */
import { inject } from 'vitest';
import { type LabInfo, readInfo, up } from '../../docker/native/lab.ts';
import { watchOver } from '../../docker/native/watchdog.ts';

declare module 'vitest' {
  interface ProvidedContext {
    labDir: string;
    /** Pid of the vitest run: when it dies, whatever the way, its lab is ended. */
    labOwner: number;
  }
}

export type { LabInfo } from '../../docker/native/lab.ts';

let instead: LabInfo | undefined;

/** For the rest of this file (other-server.ts). */
export const useInstead = (lab: LabInfo): void => {
  instead = lab;
};

export const useLab = async (): Promise<LabInfo> => {
  if (instead) return instead;
  const dir = inject('labDir');
  if (!readInfo(dir)) watchOver(dir, inject('labOwner'), 'remove');
  return up(dir);
};
