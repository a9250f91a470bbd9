/** Ending a process group and proving it dead: SIGTERM, a grace, SIGKILL. */
import { setTimeout as delay } from 'node:timers/promises';

export interface ProcessGroup {
  signal(name: 'TERM' | 'KILL'): Promise<void>;
  /** Zombies do not count: they change nothing any more. */
  alive(): Promise<boolean>;
}

export const defaultKillGraceMs = 5_000;

/** After SIGKILL only the kernel is waited for, unless a process hangs in it. */
const proofMs = 5_000;

/** false: it could not be proven dead. */
export const endGroup = async (group: ProcessGroup, killGraceMs = defaultKillGraceMs): Promise<boolean> => {
  if (!(await group.alive())) return true;
  await group.signal('TERM');
  if (await goneWithin(group, killGraceMs)) return true;
  await group.signal('KILL');
  return goneWithin(group, proofMs);
};

const goneWithin = async (group: ProcessGroup, limitMs: number): Promise<boolean> => {
  const until = performance.now() + limitMs;
  for (let pauseMs = 5; ; pauseMs = Math.min(200, pauseMs * 2)) {
    if (!(await group.alive())) return true;
    const leftMs = until - performance.now();
    if (leftMs <= 0) return false;
    await delay(Math.min(pauseMs, leftMs));
  }
};
