/** What an entry of a lock says. It stands at a place, where other versions of the engine read it, too. */
import * as z from 'zod';
import type { LockHolder } from '../decide/lock-events.ts';
import type { SeenLock } from '../target.ts';
import { foreignText } from './failure.ts';
import type { Masking } from './masking.ts';

const entrySchema = z.object({
  run: z.string(),
  runbook: z.string(),
  environment: z.string().optional(),
  user: z.string(),
  host: z.string(),
  reason: z.string().optional(),
  since: z.number(),
  ttlMs: z.number(),
  /** Given back; the rest is who had it last. */
  free: z.boolean().optional(),
});
export type LockEntry = z.output<typeof entrySchema>;

export const entryText = (entry: LockEntry): string => JSON.stringify(entry);

export type Standing =
  | { readonly is: 'free' }
  | { readonly is: 'own' }
  | { readonly is: 'held' | 'stale'; readonly by: LockEntry }
  /** Nobody knows whose it is: it counts as held. */
  | { readonly is: 'unreadable' };

/** Whether this run may take it. */
export const standingOf = ({ entry, silentMs }: SeenLock, run: string): Standing => {
  if (entry === null) return { is: 'free' };
  const by = parsed(entry);
  if (by === null) return { is: 'unreadable' };
  if (by.free) return { is: 'free' };
  if (by.run === run) return { is: 'own' };
  return { is: silentMs !== null && silentMs > by.ttlMs ? 'stale' : 'held', by };
};

const parsed = (text: string): LockEntry | null => {
  try {
    const found = entrySchema.safeParse(JSON.parse(text));
    return found.success ? found.data : null;
  } catch {
    return null;
  }
};

/** As it may be journaled and shown: the text of others. */
export const holderOf = (entry: LockEntry, masking: Pick<Masking, 'text'>): LockHolder => {
  const { run, runbook, environment, user, host, reason, since } = entry;
  const text = (said: string) => foreignText(said, masking);
  return {
    run: text(run),
    runbook: text(runbook),
    ...(environment !== undefined && { environment: text(environment) }),
    user: text(user),
    host: text(host),
    ...(reason !== undefined && { reason: text(reason) }),
    since,
  };
};
