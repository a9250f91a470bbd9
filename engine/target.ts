/** The target contract: a place (where acts execute) or a service, opened lazily and kept for the run. */
import type * as z from 'zod';
import type { Clients, Finding, Secretable } from './step.ts';

export interface TargetContext {
  readonly name: string;
  readonly signal: AbortSignal;
  reveal(secret: Secretable): string;
  /** Resolves a path of the runbook file (known_hosts, a CA) against the runbook's folder; `~/` is the user's home. */
  resolve(path: string): string;
  /** The client of the place this target is reached through; undefined: directly. */
  readonly via?: Clients['shell' & keyof Clients];
  log(line: string): void;
}

/** A place as it is found now. */
export interface FoundPlace {
  readonly host: string;
  /** Another one after each start of the machine. */
  readonly boot: string;
  readonly user: string;
  /** Absolute; where all runs keep their files there. */
  readonly stateDir: string;
  /** Of the asked run; null: there is none. */
  readonly marker: string | null;
}

/** Why a text is not sent as it was meant, and what to do about it. */
export interface NotRead {
  readonly what: string;
  readonly remedy: string;
}

/** What a statement changes, for a reviewer. */
export interface Change {
  /** `destroys`: what only a backup brings back. `rows`: how many, its answer tells. `other`: it fails or is done. */
  readonly kind: 'destroys' | 'rows' | 'other';
  /** `DROP TABLE`. */
  readonly what: string;
  /** Sent again, it changes nothing more and does not fail. */
  readonly repeatable: boolean;
}

/** The newest entry of a lock. */
export interface SeenLock {
  /** 0: there was never one. */
  readonly token: number;
  /** As it was claimed; null: there was never one. */
  readonly entry: string | null;
  /** Since the last sign of life of whoever claimed it, by the clock of the place; null: it is kept without any. */
  readonly silentMs: number | null;
  /** Whether an entry could be written there. */
  readonly writable: boolean;
}

/** A lock at a place: numbered entries, the highest counts. */
export interface PlaceLock {
  /** Reads only. */
  look(): Promise<SeenLock>;
  /** Atomic, by one entry after the newest. false: another one came first. */
  claim(token: number, entry: string): Promise<boolean>;
  /** A sign of life, or none needed any more. false: another entry is the newest. */
  beat(token: number, kept: boolean): Promise<boolean>;
}

export interface OpenTarget {
  readonly client: unknown;
  /** Dry run and status: reads only (server version, host key, binaries). */
  check(): Promise<readonly Finding[]>;
  close(): Promise<void>;
  /** A place: which one it is, and the marker of this run in its state folder. Reads only. */
  identify?(runId: string): Promise<FoundPlace>;
  /** A place: writes the run's marker into its state folder; durable once it resolves. */
  mark?(runId: string, marker: string): Promise<void>;
  /** A place: a lock that all runs of its user see there. */
  lock?(name: string): PlaceLock;
  /** A place: removes what the run left there once nothing can be undone any more. */
  forget?(runId: string): Promise<void>;
}

/** `steps/_targets/<kind>/target.ts`: eager and pure. */
export interface TargetDeclaration<C extends z.ZodType = z.ZodType> {
  readonly kind: string;
  /** Other names that people know it by; none of them may be written. */
  readonly alsoCalled?: readonly string[];
  /** Keys of the target beside `type`; `via` is the engine's. */
  readonly config: C;
  /** The client kind it opens: key of Clients. A place opens `shell`. */
  readonly client: string;
  /** Whether the target may name `via: <ssh target>`. */
  readonly via: boolean;
  /** Files named by the config, relative to the runbook. */
  files(config: z.output<C>): readonly string[];
  /** `user@host:port`, for messages; no secret. */
  describe(config: z.output<C>): string;
  /** Of a kind with a language of its own: why a text may not be sent as a read; null: it may. Pure. */
  notRead?(text: string, trusted: boolean): Promise<NotRead | null>;
  /** Of a kind with a language of its own: what a text that is sent as a write changes; null: it cannot be read. Pure. */
  changes?(text: string): Promise<readonly Change[] | null>;
  /** Why a text may not be sent as one write in a transaction; null: it may. Pure. */
  notInTransaction?(text: string): Promise<NotRead | null>;
}

/** A declaration and what opens it (`open.ts`), imported on first use: steps/index.ts joins the two. */
export interface TargetKind<C extends z.ZodType = z.ZodType> extends TargetDeclaration<C> {
  load(): Promise<{ open(ctx: TargetContext, config: z.output<C>): Promise<OpenTarget> }>;
}

export const defineTarget = <C extends z.ZodType>(kind: TargetDeclaration<C>) => kind;

/** Joins a declaration with what opens it. */
export const withOpen = <C extends z.ZodType>(
  kind: TargetDeclaration<C>,
  load: TargetKind<C>['load'],
): TargetKind<C> => ({ ...kind, load });

// biome-ignore lint/suspicious/noExplicitAny: the registry is heterogeneous; the schema guards the config
export type AnyTarget = TargetDeclaration<any>;
// biome-ignore lint/suspicious/noExplicitAny: as above
export type AnyTargetKind = TargetKind<any>;

/** Could not be reached or refused us: nothing has happened. `retry` false: trying again cannot help. */
export class TargetError extends Error {
  readonly target: string;
  readonly code: 'unreachable' | 'host-key' | 'auth' | 'missing-binary' | 'config';
  readonly remedy: string;
  readonly retry: boolean;
  constructor(
    target: string,
    code: TargetError['code'],
    message: string,
    remedy: string,
    options: { retry?: boolean; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'TargetError';
    this.target = target;
    this.code = code;
    this.remedy = remedy;
    this.retry = options.retry ?? code === 'unreachable';
  }
}
