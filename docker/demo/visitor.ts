import { setTimeout as sleep } from 'node:timers/promises';
import { type Scene, visit } from './scene.ts';

type Sight = Pick<Scene, 'status' | 'version'>;

const everyMs = 50;

/** Reloads the front page all through the night; `leave` returns what it saw, each change once. */
export const sendVisitor = (url: string): { leave(): Promise<readonly Sight[]> } => {
  const sights: Sight[] = [];
  const left = new AbortController();
  const look = async (): Promise<void> => {
    const sight = await visit(url);
    const last = sights.at(-1);
    if (last?.status !== sight.status || last.version !== sight.version) sights.push(sight);
  };
  const keepLooking = async (): Promise<void> => {
    for (; !left.signal.aborted; await sleep(everyMs)) await look();
    // The doors may have moved since the last look: what is there at the end counts.
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
