/** Ending a piece of work and proving it dead: SIGTERM, a grace, SIGKILL. */
import { setTimeout as delay } from 'node:timers/promises';
import { endAndProve } from './end-and-prove.ts';

/** The processes of one piece of work, those that have left its process group among them. */
export interface ProcessGroup {
  signal(name: 'TERM' | 'KILL'): Promise<void>;
  /** Zombies do not count: they change nothing any more. */
  alive(): Promise<boolean>;
}

export const defaultKillGraceMs = 5_000;

/** After SIGKILL only the kernel is waited for, unless a process hangs in it or new ones keep coming. */
const proofMs = 5_000;

/** false: it could not be proven dead. */
export const endGroup = async (group: ProcessGroup, killGraceMs = defaultKillGraceMs): Promise<boolean> => {
  if (!(await group.alive())) return true;
  await group.signal('TERM');
  if (await goneWithin(group, killGraceMs)) return true;
  await group.signal('KILL');
  // What was forked between a look and its signal is found by the next look.
  return goneWithin(group, proofMs, () => group.signal('KILL'));
};

const goneWithin = (group: ProcessGroup, limitMs: number, again?: () => Promise<void>): Promise<boolean> =>
  endAndProve({
    living: async () => ((await group.alive()) ? [group] : []),
    ...(again && { end: again }),
    now: () => performance.now(),
    sleep: (ms) => delay(ms),
    limitMs,
    pauseMs: { first: 5, most: 200 },
  });

/**
 * Work at a place, over its scripts: `ask` answers `dead`, `strange`, `stray TRUSTED` (never signalled), or
 * `alive TRUSTED PID:START...`. What was seen once is asked for again until it is gone, whatever it does to its environment.
 */
export const groupOver = (
  ask: (name: 'TERM' | 'KILL' | '0', trusted: string, known: string) => Promise<string>,
  trustedAtFirst: '0' | '1' = '0',
): ProcessGroup => {
  const known = new Set<string>();
  let trusted: string = trustedAtFirst;
  const told = async (name: 'TERM' | 'KILL' | '0'): Promise<string> => {
    const [word = '', isTrusted, ...living] = (await ask(name, trusted, [...known].join(' '))).split(' ');
    if (isTrusted === '1') trusted = '1';
    for (const id of living) known.add(id);
    return word;
  };
  return {
    signal: async (name) => void (await told(name)),
    alive: async () => (await told('0')) !== 'dead',
  };
};
