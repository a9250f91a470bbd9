/** A journal file that fails at a chosen point, as a disk does or as a crash does. */
import { type OpenJournalFile, openJournalFile } from '../../../engine/journal/journal-file.ts';

/** Between these an append may be cut: nothing written, a part, all but not fsynced, all and fsynced. */
export const FAULT_POINTS = ['before-write', 'within-write', 'after-write', 'after-sync'] as const;
export type FaultPoint = (typeof FAULT_POINTS)[number];

export interface Fault {
  readonly point: FaultPoint;
  /** Called at the point; it throws or ends the process. */
  strike(): never;
  /** Whether the file still obeys afterwards; a dead process truncates nothing. */
  readonly dead: boolean;
  /** Of how many appends the first is hit: 1 is the next. */
  readonly append: number;
}

export class Crash extends Error {}

export const systemError = (code: string, errno: number): Error =>
  Object.assign(new Error(code), { code, errno: -errno });

export const faulty =
  (fault: Fault, open: OpenJournalFile = openJournalFile): OpenJournalFile =>
  (path, how) => {
    const file = open(path, how);
    let appends = 0;
    let struck = false;
    const hit = (point: FaultPoint) => appends === fault.append && point === fault.point && !struck;
    const strike = () => {
      struck = true;
      fault.strike();
    };
    const alive = () => {
      if (struck && fault.dead) throw new Crash('the process is dead');
    };
    return {
      write(bytes) {
        alive();
        appends++;
        if (hit('before-write')) strike();
        if (hit('within-write')) {
          file.write(bytes.subarray(0, Math.ceil(bytes.length / 2)));
          strike();
        }
        file.write(bytes);
        if (hit('after-write')) strike();
      },
      sync() {
        alive();
        file.sync();
        if (hit('after-sync')) strike();
      },
      truncate(length) {
        alive();
        file.truncate(length);
      },
      close: () => file.close(),
    };
  };
