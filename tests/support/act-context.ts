/** An ActContext over real clients, for tests of step types: no engine, no journal, no masking. */
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { checkpointsOf } from '../../engine/run/checkpoints.ts';
import { Ledgers } from '../../engine/run/ledgers.ts';
import { createMasking } from '../../engine/run/masking.ts';
import type { ActContext, Clients, Secretable } from '../../engine/step.ts';
import { placeIdentity } from '../../steps/_work/place-identity.ts';
import type { Shell } from '../../steps/_work/shell.ts';

export interface ActWorld {
  readonly clients: { readonly [K in keyof Clients]?: Clients[K] };
  /** Places by name, for an act that reaches others beside its own. */
  readonly places?: Readonly<Record<string, Shell>>;
  /** Further targets by name, for an act that names them in its input. */
  readonly targets?: Readonly<Record<string, Clients[keyof Clients]>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Folder that files of the runbook are relative to. */
  readonly runbookDir?: string;
  readonly signal?: AbortSignal;
  readonly runOn?: string;
  /** Whether the run's marker is at the place, as the engine leaves it before the first intent; default: it is. */
  readonly marked?: boolean;
  /** Where ledgers and checkpoints are kept; another context with the same one is a resumed run. Default: one of its own. */
  readonly ledgerDir?: string;
}

export interface TestContext extends ActContext {
  /** Everything the act logged. */
  readonly logged: () => string;
  readonly reported: () => readonly { done: number; total?: number; unit: string }[];
}

let runs = 0;

const ownDir = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'runbook-ledgers-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};

/** Each call is a run of its own; spread `{ ...ctx, attempt: 2 }` for a later attempt of the same act. */
export const actContext = (world: ActWorld): TestContext => {
  runs += 1;
  const runId = `test-${process.pid}-${runs}`;
  let log = '';
  const progress: { done: number; total?: number; unit: string }[] = [];
  const reveal = (secret: Secretable): string =>
    typeof secret === 'string'
      ? secret
      : secret.secret
          .map((part) => {
            if (typeof part === 'string') return part;
            const value = world.secrets?.[part.name];
            if (value === undefined) throw new Error(`the test has no secret ${part.name}`);
            return value;
          })
          .join('');
  const mask = (text: string) => {
    let masked = text;
    for (const secret of Object.values(world.secrets ?? {})) masked = masked.replaceAll(secret, '***');
    return masked;
  };
  let ledgers: Ledgers | undefined;
  let marking: Promise<void> | undefined;
  let checkpointDir: string | undefined;
  return {
    runId,
    stepId: 'step',
    act: 'step/do/0',
    attempt: 1,
    idempotencyKey: `${runId}/step/do/0`,
    signal: world.signal ?? new AbortController().signal,
    killGraceMs: 2_000,
    clock: {
      now: () => Date.now(),
      sleep: (ms, signal) =>
        new Promise((done) => {
          const timer = setTimeout(done, ms);
          signal?.addEventListener('abort', () => {
            clearTimeout(timer);
            done();
          });
        }),
    },
    runOn: world.runOn ?? 'local',
    async connect<K extends keyof Clients>(wanted: K | readonly K[], name?: string): Promise<Clients[K]> {
      const kinds = [wanted].flat() as K[];
      const named = name === undefined ? undefined : (world.places?.[name] ?? world.targets?.[name]);
      if (named) return named as Clients[K];
      const client = kinds.map((kind) => world.clients[kind]).find((one) => one !== undefined);
      if (client === undefined) throw new Error(`the test has no ${kinds.join(' or ')}`);
      if (kinds.includes('shell' as K) && world.marked !== false) {
        marking ??= placeIdentity(client as Shell).mark(runId, 'marker');
        await marking;
      }
      return client as Clients[K];
    },
    reveal,
    readFile: (path) => readFile(resolve(world.runbookDir ?? '.', path)),
    mask,
    log: (chunk, _stream, shown = true) => {
      if (!shown) return;
      log += typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk);
    },
    progress: (p) => progress.push(p),
    ledger: (name, item) => {
      ledgers ??= new Ledgers(world.ledgerDir ?? ownDir(), () => Date.now());
      return ledgers.of('step/do/0', mask)(name, item);
    },
    checkpoint: (name, schema) => {
      checkpointDir ??= world.ledgerDir ?? ownDir();
      return checkpointsOf(checkpointDir, 'step/do/0', createMasking(new Map()))(name, schema);
    },
    async poll(read, { limit }) {
      for (let failures = 0; ; failures += 1) {
        try {
          return await read();
        } catch (error) {
          if (failures >= limit) throw error;
        }
      }
    },
    logged: () => log,
    reported: () => progress,
  };
};

/** For whom every wait is over after the first look. */
export const withoutPatience = <C extends ActContext>(ctx: C): C => {
  let nowMs = 0;
  const now = () => {
    nowMs += 3_600_000;
    return nowMs;
  };
  return { ...ctx, clock: { now, sleep: ctx.clock.sleep } };
};
