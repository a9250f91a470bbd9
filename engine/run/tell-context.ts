import type { Plan } from '../plan.ts';
import type { Clients } from '../step.ts';
import type { TellContext } from '../tell.ts';
import { readPlanned } from './act-context.ts';
import type { Connections } from './connections.ts';
import type { Masking } from './masking.ts';

export interface TellSurroundings {
  readonly plan: Plan;
  readonly runbookDir: string;
  readonly masking: Pick<Masking, 'reveal' | 'text'>;
  readonly connections: Pick<Connections, 'client'>;
}

/** For messages of the run itself. */
export const tellContext = (o: TellSurroundings, signal: AbortSignal): TellContext => ({
  reveal: o.masking.reveal,
  mask: o.masking.text,
  signal,
  readFile: (path) => readPlanned(o.plan, o.runbookDir, path),
  async connect<K extends keyof Clients>(kind: K | readonly K[], name?: string): Promise<Clients[K]> {
    if (name === undefined) throw new Error(`no target for ${String(kind)}`);
    return (await o.connections.client([kind].flat() as readonly string[], name)) as Clients[K];
  },
});
