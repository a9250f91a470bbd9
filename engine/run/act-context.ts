/** The context that an act gets: clients, secrets, log and progress of this very attempt. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ActKey } from '../decide/events.ts';
import { parseActKey } from '../decide/keys.ts';
import { fail } from '../diagnostic.ts';
import type { Plan, PlanAct } from '../plan.ts';
import type { ActContext, Clients, Secretable } from '../step.ts';
import type { Connections } from './connections.ts';
import type { Clock } from './options.ts';
import { poll } from './polling.ts';

export interface ContextOptions {
  readonly runId: string;
  readonly plan: Plan;
  readonly spec: PlanAct;
  readonly act: ActKey;
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly runbookDir: string;
  readonly connections: Pick<Connections, 'client'>;
  readonly reveal: (secret: Secretable) => string;
  readonly mask: (text: string) => string;
  readonly log: ActContext['log'];
  readonly progress: ActContext['progress'];
  readonly ledger: ActContext['ledger'];
  readonly checkpoint: ActContext['checkpoint'];
  /** Called when the act gets a client: from then on it may have changed something. */
  readonly connected?: () => void;
}

export const actContext = (o: ContextOptions): ActContext => ({
  runId: o.runId,
  stepId: parseActKey(o.act).step,
  act: o.act,
  attempt: o.attempt,
  idempotencyKey: `${o.runId}/${o.act}`,
  signal: o.signal,
  killGraceMs: o.spec.killGraceMs,
  clock: o.clock,
  runOn: o.spec.runOn,
  async connect<K extends keyof Clients>(wanted: K | readonly K[], name?: string): Promise<Clients[K]> {
    const kinds = [wanted].flat() as string[];
    const target = name ?? (kinds.includes('shell') ? o.spec.runOn : o.spec.target);
    if (target === null) throw new Error(`${o.act}: no target for ${kinds.join(' or ')}`);
    // What the plan does not name was neither reviewed nor looked at by the dry run.
    if (![o.spec.runOn, o.spec.target, ...(o.spec.uses ?? [])].includes(target))
      throw new Error(
        `engine bug: ${o.act} (${o.spec.type}) connects to ${target}, which it did not declare`,
      );
    const client = await o.connections.client(kinds, target);
    o.connected?.();
    return client as Clients[K];
  },
  reveal: o.reveal,
  readFile: (path) => readPlanned(o.plan, o.runbookDir, path),
  mask: o.mask,
  log: o.log,
  progress: o.progress,
  ledger: o.ledger,
  checkpoint: o.checkpoint,
  poll: (read, policy) => poll(read, policy, { clock: o.clock, signal: o.signal }),
});

/** The bytes that were reviewed, or none. */
const readPlanned = async (plan: Plan, dir: string, path: string): Promise<Uint8Array> => {
  const content = await readFile(resolve(dir, path));
  const expected = plan.files[path];
  const found = createHash('sha256').update(content).digest('hex');
  if (expected?.replace(/^sha256:/, '') !== found) return fail('RB510', { path });
  return content;
};
