/** Targets of a run: opened on first use, kept, shared; reached through their `via` place; closed at the end. */
import { resolve } from 'node:path';
import { homePath } from '../home-path.ts';
import type { Plan } from '../plan.ts';
import type { Registry } from '../registry.ts';
import type { Clients, Secretable } from '../step.ts';
import { type AnyTargetKind, type OpenTarget, TargetError } from '../target.ts';
import type { Clock } from './options.ts';
import { poll } from './polling.ts';

export interface ConnectionsOptions {
  readonly plan: Plan;
  readonly registry: Registry;
  readonly runbookDir: string;
  readonly clock: Clock;
  readonly reveal: (secret: Secretable) => string;
  readonly log: (line: string) => void;
}

/** The place every run has without naming it. */
export const localPlace = 'local';

/** Three more tries over some seconds: enough for a dropped packet, short enough for a person who waits. */
const connecting = { limit: 3, intervalMs: 500, backoff: 2 };

export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #open = new Map<string, Promise<OpenTarget>>();
  readonly #closing = new AbortController();

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /** Throws TargetError; a failed connection is forgotten, so that the next act tries anew. */
  open(name: string): Promise<OpenTarget> {
    const known = this.#open.get(name);
    if (known) return known;
    const opening = this.#connect(name);
    this.#open.set(name, opening);
    opening.catch(() => this.#open.delete(name));
    return opening;
  }

  /** The client of a target, checked to be of a wanted kind. */
  async client(kinds: readonly string[], name: string): Promise<unknown> {
    const { kind: found } = this.#target(name);
    if (!kinds.includes(found.client))
      throw new Error(`${name} opens a ${found.client}, the step asked for ${kinds.join(' or ')}`);
    return (await this.open(name)).client;
  }

  /** Tidies up the places that the run used; one that cannot be reached keeps what it has. Throws the first error. */
  async forget(runId: string): Promise<void> {
    const { plan } = this.#options;
    const acts = Object.values(plan.steps).flatMap((s) => (s.kind === 'act' ? [s.act, ...s.undo.acts] : []));
    for (const place of new Set(acts.map((act) => act.runOn))) {
      await (await this.open(place)).forget?.(runId);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const opened = await Promise.allSettled(this.#open.values());
    this.#open.clear();
    await Promise.allSettled(opened.map((o) => (o.status === 'fulfilled' ? o.value.close() : undefined)));
  }

  #target(name: string): { kind: AnyTargetKind; config: unknown; via: string | null } {
    const { plan, registry } = this.#options;
    const target = name === localPlace ? { type: localPlace, config: {}, via: null } : plan.targets[name];
    const kind = target && registry.targets.get(target.type);
    if (!target || !kind) throw new Error(`no target ${name} in the plan`);
    return { kind, config: target.config, via: target.via };
  }

  async #connect(name: string): Promise<OpenTarget> {
    const { kind, config, via } = this.#target(name);
    const { clock, reveal, log, runbookDir } = this.#options;
    const { signal } = this.#closing;
    const place =
      via === null ? undefined : ((await this.open(via)).client as Clients['shell' & keyof Clients]);
    const { open } = await kind.load();
    const context = {
      name,
      signal,
      reveal,
      log,
      resolve: (path: string) => resolve(runbookDir, homePath(path)),
      ...(place && { via: place }),
    };
    return poll(() => open(context, kind.config.parse(config)), connecting, {
      clock,
      signal,
      again: (error) => error instanceof TargetError && error.retry,
    });
  }
}
