/** Locks of a made-up place, with a clock of its own. */
import { entryText, type LockEntry } from '../../../engine/run/lock-entry.ts';
import { type PlaceLock, TargetError } from '../../../engine/target.ts';

interface Entry {
  readonly token: number;
  readonly text: string;
  signAt: number | null;
}

export const otherRun: LockEntry = {
  run: 'r-other',
  runbook: 'switchover',
  environment: 'prod',
  user: 'ops',
  host: 'desk',
  reason: 'the planned switchover',
  since: 0,
  ttlMs: 60_000,
};

export class FakeLocks {
  now: () => number = () => Date.now();
  away = false;
  readonly entries = new Map<string, Entry>();
  /** Signs of life so far. */
  signs = 0;

  /** Another run has it, and gave its last sign of life so long ago; null: it needs none. */
  put(name: string, entry: LockEntry, silentMs: number | null): void {
    const token = (this.entries.get(name)?.token ?? 0) + 1;
    this.entries.set(name, {
      token,
      text: entryText(entry),
      signAt: silentMs === null ? null : this.now() - silentMs,
    });
  }

  of(name: string): LockEntry | null {
    const found = this.entries.get(name);
    return found ? (JSON.parse(found.text) as LockEntry) : null;
  }

  lock(name: string): PlaceLock {
    const reached = () => {
      if (this.away) throw new TargetError('local', 'unreachable', 'no route to host', 'wait');
    };
    return {
      look: async () => {
        reached();
        const found = this.entries.get(name);
        if (!found) return { token: 0, entry: null, silentMs: 0, writable: true };
        const silentMs = found.signAt === null ? null : this.now() - found.signAt;
        return { token: found.token, entry: found.text, silentMs, writable: true };
      },
      claim: async (token, text) => {
        reached();
        if ((this.entries.get(name)?.token ?? 0) !== token - 1) return false;
        this.entries.set(name, { token, text, signAt: this.now() });
        return true;
      },
      beat: async (token, kept) => {
        reached();
        const found = this.entries.get(name);
        if (found?.token !== token) return false;
        this.signs += 1;
        found.signAt = kept ? null : this.now();
        return true;
      },
    };
  }
}
