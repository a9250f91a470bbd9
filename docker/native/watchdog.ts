/**
 * Ends a lab whose owner died without doing so: `node watchdog.ts DIR KEEP-OR-REMOVE OWNER`, started
 * detached by `watchOver`. It leaves by itself once the folder is gone.
 */
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { down } from './lab.ts';
import { identify, isAlive, type ProcessId } from './process-table.ts';

const pollMs = 250;

/** What becomes of the folder once the owner is gone. */
export type Afterwards = 'keep' | 'remove';

/** Returns how to call it off. `owner` must be alive. */
export const watchOver = (dir: string, owner: number, afterwards: Afterwards): (() => void) => {
  const child = spawn(
    process.execPath,
    [fileURLToPath(import.meta.url), dir, afterwards, JSON.stringify(identify(owner))],
    { detached: true, stdio: 'ignore' },
  );
  child.unref();
  return () => void child.kill('SIGKILL');
};

const watch = async (dir: string, afterwards: Afterwards, owner: ProcessId): Promise<void> => {
  while (isAlive(owner)) {
    if (!existsSync(dir)) return;
    await sleep(pollMs);
  }
  await down(dir);
  if (afterwards === 'remove') rmSync(dir, { recursive: true, force: true });
};

const [, script, dir, afterwards, owner] = process.argv;
if (script === fileURLToPath(import.meta.url) && dir && owner)
  await watch(dir, afterwards === 'remove' ? 'remove' : 'keep', JSON.parse(owner));
