/** Visitors of the site, during the whole run. */
import { setTimeout as sleep } from 'node:timers/promises';

/** What a visitor sees. */
export interface Sight {
  /** 0: no answer. */
  readonly status: number;
  /** Release that the page names; null: none, as on the maintenance page. */
  readonly version: string | null;
}

const everyMs = 100;

export const visit = async (url: string): Promise<Sight> => {
  try {
    const answer = await fetch(`${url}/login`, { signal: AbortSignal.timeout(2_000) });
    const release = /<meta name="release" content="([^"]+)">/.exec(await answer.text());
    return { status: answer.status, version: release?.[1] ?? null };
  } catch {
    return { status: 0, version: null };
  }
};

/**
 * Reloads the login page until `leave`, which returns what was seen, each change once. `onSight` gets each
 * change as it comes.
 */
export const sendVisitor = (
  url: string,
  onSight: (sight: Sight) => void = () => {},
): { leave(): Promise<readonly Sight[]> } => {
  const sights: Sight[] = [];
  const left = new AbortController();
  const look = async (): Promise<void> => {
    const sight = await visit(url);
    const last = sights.at(-1);
    if (last?.status === sight.status && last.version === sight.version) return;
    sights.push(sight);
    onSight(sight);
  };
  const keepLooking = async (): Promise<void> => {
    for (; !left.signal.aborted; await sleep(everyMs)) await look();
    // The site may have changed since the last look: the state at the end counts.
    await look();
  };
  const looking = keepLooking();
  return {
    leave: async () => {
      left.abort();
      await looking;
      return sights;
    },
  };
};

export const inWords = (sights: readonly Sight[]): string =>
  sights.map(({ status, version }) => `${status}${version ? ` (${version})` : ''}`).join(' -> ');
