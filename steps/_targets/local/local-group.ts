/** A piece of work on this machine, as the kernel's own files tell of it. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { idOf, livingWork, type ProcessRow, workVariable } from '../../_work/living-work.ts';
import type { ProcessGroup } from '../../_work/process-group.ts';
import { isStray, startOf, type Traits } from '../../_work/stray-work.ts';

/**
 * `mark`: see living-work.ts; without it, only the group and what descends from it are found. `beganAt`: of
 * `performance.now()`, just before the work was started; without it, strays are not looked for.
 */
export const localGroup = (pgid: number, mark?: string, beganAt?: number): ProcessGroup => {
  const known = new Set<string>();
  const look = (): readonly ProcessRow[] | null => {
    const pids = pidsOrNull();
    if (pids === null) return null;
    // Who is marked is read first, as at any place: see workScan.
    const marked = new Set(mark === undefined ? [] : pids.filter((pid) => carries(pid, mark)));
    const rows = (pidsOrNull() ?? []).flatMap((pid) => rowOf(pid) ?? []);
    const { living } = livingWork(rows, marked, { group: pgid, trusted: true, known });
    for (const row of living) known.add(idOf(row));
    return living;
  };
  /** Twice before nobody is left: work may be passed on to a child between the reads of one look. */
  const sure = () => {
    const first = look();
    return first?.length === 0 ? look() : first;
  };
  return {
    async signal(name) {
      const living = sure();
      if (living === null || living.some(({ group }) => group === pgid)) send(-pgid, `SIG${name}`);
      for (const { pid, group } of living ?? []) if (group !== pgid) send(pid, `SIG${name}`);
    },
    async alive() {
      const living = sure();
      if (living === null) return send(-pgid, 0);
      return living.length > 0 || (beganAt !== undefined && strays(performance.now() - beganAt).length > 0);
    },
  };
};

const strays = (ageMs: number): readonly number[] => {
  const since = startOf(readOrNull('/proc/uptime') ?? '', ageMs);
  const own = traitsOf('self');
  return (pidsOrNull() ?? []).filter((pid) => {
    const row = rowOf(pid);
    return (
      row &&
      Number(row.start) >= since &&
      !/^[ZX]/.test(row.state) &&
      isReaper(row.parent) &&
      isStray(traitsOf(pid), own)
    );
  });
};

/** Whose children orphans become: init, or systemd of a user. */
const isReaper = (pid: number): boolean => pid === 1 || readOrNull(`/proc/${pid}/comm`) === 'systemd\n';

const traitsOf = (pid: number | 'self'): Traits => ({
  cgroup: readOrNull(`/proc/${pid}/cgroup`),
  mount: linkOrNull(`/proc/${pid}/ns/mnt`),
  environ: readOrNull(`/proc/${pid}/environ`),
});

/** false: there is none. EPERM means that there is one: `sudo` made it another user's. */
const send = (pid: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
};

const carries = (pid: number, mark: string): boolean =>
  readOrNull(`/proc/${pid}/environ`)?.split('\0').includes(`${workVariable}=${mark}`) ?? false;

const rowOf = (pid: number): ProcessRow | null => {
  const fields = readOrNull(`/proc/${pid}/stat`)
    ?.replace(/^.*\) /s, '')
    .split(' ');
  if (!fields) return null;
  const [state = '', parent, group] = fields;
  return { pid, parent: Number(parent), group: Number(group), state, start: fields[19] ?? '' };
};

/** null: no /proc here. */
const pidsOrNull = (): readonly number[] | null => {
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.length > 0 ? pids.map(Number) : null;
  } catch {
    return null;
  }
};

const readOrNull = (path: string): string | null => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
};

const linkOrNull = (path: string): string | null => {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
};
