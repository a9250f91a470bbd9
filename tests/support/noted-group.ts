/** Process groups that a step's scripts have noted at a local place: see steps/_work/work-group.ts. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Shell } from '../../steps/_work/shell.ts';

/** Waits for the one group of the run, and answers its id. */
export const notedGroup = async ({ stateDir = '' }: Shell, runId: string): Promise<number> => {
  const folder = join(stateDir, runId, 'groups');
  for (const giveUp = Date.now() + 10_000; Date.now() < giveUp; ) {
    const [name] = await readdir(folder).catch(() => []);
    const pgid =
      name === undefined
        ? 0
        : Number.parseInt(await readFile(join(folder, name), 'utf8').catch(() => '0'), 10);
    if (pgid > 1) return pgid;
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error('no group was noted');
};
