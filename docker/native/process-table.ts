/** Reads of /proc: who is alive, whose child it is, who listens. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface ProcessId {
  readonly pid: number;
  /** Clock ticks since boot: with the boot id, what tells a process from a later one with the same pid. */
  readonly startTime: string;
  readonly bootId: string;
}

const read = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

/** Fields after the command name, which may itself hold blanks and parentheses: state is 0, parent 1, start time 19. */
const stat = (pid: number): readonly string[] | null =>
  read(`/proc/${pid}/stat`)
    ?.replace(/^.*\) /s, '')
    .split(' ') ?? null;

export const bootId = (): string => read('/proc/sys/kernel/random/boot_id')?.trim() ?? '';

export const identify = (pid: number): ProcessId | null => {
  const fields = stat(pid);
  return fields && fields[0] !== 'Z' ? { pid, startTime: fields[19] ?? '', bootId: bootId() } : null;
};

export const isAlive = (id: ProcessId): boolean => {
  const now = identify(id.pid);
  return now !== null && now.startTime === id.startTime && now.bootId === id.bootId;
};

const allPids = (): number[] => readdirSync('/proc').map(Number).filter(Number.isInteger);

export const descendantsOf = (root: number): ProcessId[] => {
  const parents = allPids().map((pid) => [pid, Number(stat(pid)?.[1])] as const);
  const found: ProcessId[] = [];
  const visit = (parent: number): void => {
    for (const [pid, of] of parents) {
      if (of !== parent) continue;
      const id = identify(pid);
      if (id) found.push(id);
      visit(pid);
    }
  };
  visit(root);
  return found;
};

/** Processes that carry `name=value` in the environment they were started with. */
export const startedWith = (name: string, value: string): ProcessId[] =>
  allPids()
    .filter((pid) => read(`/proc/${pid}/environ`)?.split('\0').includes(`${name}=${value}`))
    .flatMap((pid) => identify(pid) ?? []);

/** The target of a link of /proc, without what Linux adds once the file is deleted. */
const link = (path: string): string | null => {
  try {
    return readlinkSync(path).replace(/ \(deleted\)$/, '');
  } catch {
    return null;
  }
};

/**
 * Processes of this program whose working directory lies in `dir`; both paths resolved. Neither a dead
 * parent nor a rewritten command line hides one, and a reused pid passes for none.
 */
export const runningIn = (dir: string, program: string): ProcessId[] =>
  allPids()
    .filter(
      (pid) => link(`/proc/${pid}/exe`) === program && `${link(`/proc/${pid}/cwd`)}/`.startsWith(`${dir}/`),
    )
    .flatMap((pid) => identify(pid) ?? []);

/** Whether this very process listens there: a port that somebody else owns must not pass for ready. */
export const listensOn = (pid: number, port: number): boolean => {
  const address = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const inodes = (read('/proc/net/tcp') ?? '')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1] === address && fields[3] === '0A')
    .map((fields) => `socket:[${fields[9]}]`);
  return openFiles(pid).some((file) => inodes.includes(file));
};

const openFiles = (pid: number): string[] => {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => link(`/proc/${pid}/fd/${fd}`) ?? []);
  } catch {
    return [];
  }
};
