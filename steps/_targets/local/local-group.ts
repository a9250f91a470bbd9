import { readdirSync, readFileSync } from 'node:fs';
import type { ProcessGroup } from '../process-group.ts';

export const localGroup = (pgid: number): ProcessGroup => ({
  async signal(name) {
    send(pgid, `SIG${name}`);
  },
  async alive() {
    return send(pgid, 0) && hasLivingMember(pgid);
  },
});

/** false: there is no such group. EPERM means that there is one: `sudo` made it another user's. */
const send = (pgid: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    process.kill(-pgid, signal);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
};

/** A container's first process may never reap its orphans: their zombies answer to signal 0 for ever. */
const hasLivingMember = (pgid: number): boolean => {
  const pids = listOrNull('/proc')?.filter((name) => /^\d+$/.test(name));
  if (!pids?.length) return true;
  return pids.some((pid) => {
    const fields = readOrNull(`/proc/${pid}/stat`)
      ?.replace(/^.*\) /s, '')
      .split(' ');
    return fields?.[2] === String(pgid) && fields[0] !== 'Z' && fields[0] !== 'X';
  });
};

const listOrNull = (dir: string): string[] | null => {
  try {
    return readdirSync(dir);
  } catch {
    return null;
  }
};

const readOrNull = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};
