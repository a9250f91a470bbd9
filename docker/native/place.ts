/** Where labs live: outside the clone, because the VPS's login user and `nobody` must be able to get there. */
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LabError } from './lab-error.ts';

export const cloneDir = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Whether every user of the machine may enter it. */
export const isOpenToAll = (dir: string): boolean => {
  for (let at = dir; ; at = dirname(at)) {
    if (!(statSync(at).mode & 0o001)) return false;
    if (at === dirname(at)) return true;
  }
};

const parentOfLabs = (): string =>
  [tmpdir(), '/tmp', '/var/tmp'].map((dir) => realpathSync(dir)).find(isOpenToAll) ?? '/tmp';

/** One folder a clone, so that two clones never share servers; RUNBOOK_LAB_DIR overrides it. */
export const labRoot = (): string => {
  const given = process.env.RUNBOOK_LAB_DIR;
  if (given) return resolve(given);
  const clone = createHash('sha256').update(cloneDir).digest('hex').slice(0, 8);
  return join(parentOfLabs(), `runbook-lab-${clone}`);
};

export const labDir = (name = 'rehearsal'): string => join(labRoot(), name);

/** What a running lab is (info.ts). */
export const infoFile = (dir: string): string => join(dir, 'lab.json');

/** A predictable name in a world-writable folder: refuse one that somebody else put there. */
export const openLabRoot = (): string => {
  const root = labRoot();
  mkdirSync(root, { recursive: true, mode: 0o755 });
  const found = lstatSync(root);
  if (!found.isDirectory() || found.uid !== process.geteuid?.() || found.mode & 0o022)
    throw new LabError(
      `${root} is not a folder that only you can write`,
      'Set RUNBOOK_LAB_DIR to one that is',
    );
  if (process.geteuid?.() === 0 && !isOpenToAll(realpathSync(root)))
    throw new LabError(
      `${root} can't be entered by the lab's own users`,
      'Set RUNBOOK_LAB_DIR to a folder whose parents are all world-executable (mode 0755)',
    );
  return root;
};
