/**
 * The step contract: everything that a step type may import from the engine.
 *
 * A step type is one folder. `step.ts` is eager and pure (schemas, examples, declarations); `acts.ts` is
 * loaded on first use and holds the clients. The engine reads the declarations and never names a type.
 */
import * as z from 'zod';
import type { Finding, Outcome, Probed } from './outcome.ts';
import type { JsonObject } from './plan.ts';
import type { Traits } from './traits.ts';

export { actFileName } from './file-name.ts';
export { ForeignJsonError, parseForeignJson } from './json.ts';
export { type FailedOutcome, type Finding, type Outcome, type Probed, StepFailed } from './outcome.ts';
export { shellWord } from './shell-word.ts';
export type { Traits } from './traits.ts';

/** Journal-safe: text and the names of secrets. The value exists only at the port that needs it. */
export interface Secret {
  readonly secret: readonly (string | { readonly name: string })[];
}

const secretSchema: z.ZodType<Secret> = z.strictObject({
  secret: z.array(z.union([z.string(), z.strictObject({ name: z.string() })])),
});

/** A string field that may hold `${{ secrets.x }}`. Any other field refuses one at load. */
export const secretable = z.union([z.string(), secretSchema]);
export type Secretable = z.output<typeof secretable>;

/** Augmented by each target kind: `declare module '../../engine/step.ts' { interface Clients { mysql: Pool } }` */
// biome-ignore lint/suspicious/noEmptyInterface: augmented by module declarations
export interface Clients {}

/**
 * Why `signal` fired. `detach`: leave supervised work running and return at once. `pause`: a watch has tripped and
 * people are asked; it only reaches a type whose work can `rest`. `timeout` and `stop` end the work.
 */
export type AbortReason = 'timeout' | 'detach' | 'stop' | 'pause';

export interface LedgerItem<T> {
  /** Unique in its ledger. */
  readonly key: string;
  /** As the schema gives it; plain JSON. */
  readonly value: T;
}

/** `not-done`: certainly not done, may be tried again. `failed`: refused for good. `unknown`: outcome not known. */
export type ItemState = 'planned' | 'claimed' | 'done' | 'not-done' | 'failed' | 'unknown';

export interface Frozen {
  readonly count: number;
  /** Of keys and values in their order: the same list in another run has the same. */
  readonly sha256: string;
  /** Epoch ms. */
  readonly atMs: number;
}

/**
 * Work done item by item: no item twice, none forgotten, whenever the engine dies. One belongs
 * to an act: a later attempt and a resumed run find it as it was. It is private to the run's directory; keys and
 * values may name people, so a log and an output hold counts and the digest only.
 *
 * The journal knows which lists an act has frozen, before anything can be claimed of them. Where one is missing, cut or
 * another list, the act is neither prepared, run nor probed: it is held as unknown until the file is back.
 *
 * Every method throws a DiagnosticError when the disk fails, and from then on only that.
 */
export interface Ledger<T> {
  /** null: nothing is planned yet. */
  frozen(): Promise<Frozen | null>;
  /** Writes the list down, all or nothing; a frozen list is given back without asking for `items`. */
  freeze(items: AsyncIterable<LedgerItem<T>>): Promise<Frozen>;
  /** Only items that are certainly not done, in order. One settled as `not-done` meanwhile is in the next call. */
  pending(): AsyncIterable<LedgerItem<T>>;
  /** On disk when it resolves: then the one call for this item may be made. */
  claim(key: string): Promise<void>;
  /** `note`: one line for the operator, secrets masked. Also for what `unsettled` handed out. */
  settle(key: string, state: Exclude<ItemState, 'planned' | 'claimed'>, note?: string): Promise<void>;
  /** Claims without an outcome (a crash), and those that ended unknown. */
  unsettled(): AsyncIterable<
    LedgerItem<T> & { readonly state: 'claimed' | 'unknown'; readonly claimedAtMs: number }
  >;
  counts(): Promise<{ readonly [state in ItemState]: number }>;
}

/**
 * What an act notes for its next attempt: one value in the run's directory. It is a hint that may be missing or no
 * longer true: no work and no check is left out because of it. A value that contains a secret is not kept.
 */
export interface Checkpoint<T> {
  /** null: none was saved, or it is lost, damaged or of another schema. */
  load(): Promise<T | null>;
  /** On disk when it resolves, in place of the one before. Throws a DiagnosticError when the disk fails. */
  save(value: T): Promise<void>;
}

export interface ActContext {
  readonly runId: string;
  readonly stepId: string;
  /** `step/phase/index`, unique in the run. */
  readonly act: string;
  /** From 1. */
  readonly attempt: number;
  /** The same for every attempt of this act in this run. */
  readonly idempotencyKey: string;
  /** `signal.reason` is an AbortReason. */
  readonly signal: AbortSignal;
  readonly killGraceMs: number;
  readonly clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> };
  /** Where the act executes: `local` or the name of an ssh target. */
  readonly runOn: string;
  /**
   * Pooled and lazy; host keys and certificates verified. Without a name: kind `shell` is the place the
   * act runs on, any other kind is the step's `target`. Several kinds: whichever of them the target is.
   * Throws TargetError (engine/target.ts) when it cannot be reached: nothing has happened then.
   */
  connect<K extends keyof Clients>(kind: K | readonly K[], name?: string): Promise<Clients[K]>;
  /** Reveals a secret and arms the masker for it; a plain string passes through. */
  reveal(secret: Secretable): string;
  /** A file that the runbook names, relative to the runbook; refused if it changed since the plan was made. */
  readFile(path: string): Promise<Uint8Array>;
  /** Replaces the secrets in a text that is about to be cut short: a part of one would not be found later. */
  mask(text: string): string;
  /**
   * To the step's log file and the screen, secrets masked, each stream split anywhere. `note`: the step's own words in
   * between, whole lines. `shown` false: text before the next part, which is left out of the log but needed by
   * the masker.
   */
  log(chunk: string | Uint8Array, stream?: 'stdout' | 'stderr' | 'note', shown?: boolean): void;
  progress(p: { done: number; total?: number; unit: string }): void;
  /** Not in a rehearsal, which writes nothing: it throws there. */
  ledger<T>(name: string, item: z.ZodType<T>): Ledger<T>;
  /** As a ledger: not in a rehearsal. The schema's values are plain JSON. */
  checkpoint<T>(name: string, schema: z.ZodType<T>): Checkpoint<T>;
  /** p-retry over a read, on the run's clock; throws the last error. */
  poll<T>(read: () => Promise<T>, policy: { limit: number; intervalMs: number; backoff: number }): Promise<T>;
}

/** A target named inside `with`, at this path of the input. No expression over outputs is allowed there. */
export interface TargetUse {
  readonly target: string;
  /** Target kinds it may be. */
  readonly kinds: readonly string[];
  readonly path: readonly (string | number)[];
}

/** A text in the input that is sent to a target, such as a statement of SQL. It holds no expression. */
export interface ReadText {
  /** Default: a read. `transaction`: one write in a transaction. */
  readonly as?: 'read' | 'transaction';
  readonly text: string;
  readonly path: readonly (string | number)[];
  /** Default: the step's own target. */
  readonly target?: string;
  /** The author guarantees it if the target's language cannot express it. */
  readonly trusted?: boolean;
}

/**
 * `leave`: the work outlives the engine, and the next session follows it.
 * `rest`: `run` stops half-way within `killGraceMs`, on an abort with `detach` or `pause`, and returns `done: false`
 * with effect `some` (or `none`) and `retryable: true`; it is run again as a next attempt, which does not count against
 * its retries, and continues where it stopped. A watch that has tripped pauses such work while people decide.
 * `finish`: the engine waits for its end.
 */
export type OnInterrupt = 'leave' | 'rest' | 'finish';

/**
 * The version of this contract. It changes where a step type that satisfied the one before might not satisfy it any more;
 * a module says which one it is made for.
 */
export const CONTRACT = 1;

/** step.ts: eager and pure. */
export interface StepDeclaration<
  I extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
  B = unknown,
> {
  readonly type: string;
  readonly version: number;
  readonly summary: string;
  readonly input: I;
  readonly output: O;
  readonly before?: z.ZodType<B>;
  readonly examples: readonly { title: string; with: z.input<I> }[];
  /** Target kinds the step's `target` may have; empty: the step takes no `target`. */
  readonly targets: readonly string[];
  /** Whether `run_on` may name an ssh target. */
  readonly places: readonly ('local' | 'ssh')[];
  /**
   * Where a writing act leaves what its `probe` and `end` look for. `place` (default): on the place that it runs on,
   * so that finding nothing counts only where the run's marker is found too. `target`: at the service it acts on, or
   * in the run's own directory; it needs nothing on the place, and `run_on` names none but `local`.
   */
  readonly evidence?: 'place' | 'target';
  /** After a probe that could not tell: run again only where that is declared harmless. */
  readonly onUnknown: 'rerun' | 'ask';
  /** Of a type with `ask`: `with`, as it is written, declares that a rerun is harmless. */
  rerunsSafely?(written: JsonObject): boolean;
  /** Whether acts.ts has an `undo` that restores the before-image. */
  readonly undoes: boolean;
  /** Of a type that undoes: `with`, as it is written, says how. Default: it always can. */
  canUndo?(written: JsonObject): boolean;
  /** What happens to the work when the engine is interrupted. Not of an undo, which is always finished. */
  onInterrupt(input: z.output<I>): OnInterrupt;
  /** Output fields neither journaled nor readable by expressions. */
  readonly sensitive?: readonly string[];
  effects(input: z.output<I>): 'read' | 'write';
  /** Files whose content belongs to the step's digest; relative to the runbook. */
  files(input: z.output<I>): readonly string[];
  /** Texts that the type sends to targets: at load, the kind of the target refuses what does not fit. */
  reads?(input: z.output<I>): readonly ReadText[];
  /** Targets that the input names, beside the step's own `target`; acts reach them by `connect(kind, name)`. */
  uses?(input: z.output<I>): readonly TargetUse[];
  /** A template type of a runbook may call it: it keeps no ledger, and an act of it is one whole. */
  readonly forTemplates?: boolean;
  /** As the probe of a template type: input that is added, and what is CEL over `result` for the two answers. */
  readonly asked?: { readonly with: JsonObject; readonly done: string; readonly notDone: string };
  /** What a reviewer's rules have to know of an input. */
  traits?(input: z.output<I>): Traits;
  /**
   * One line, as an operator would type it; secrets by name. `written` gives the expression at a
   * path of the input, where the value itself is only known in the run.
   */
  preview(input: z.output<I>, written?: (path: readonly (string | number)[]) => string | undefined): string;
}

/** A declaration and its acts, which are imported on first use: steps/index.ts joins the two. */
export interface StepType<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType, B = unknown>
  extends StepDeclaration<I, O, B> {
  load(): Promise<{ acts: StepActs<z.output<I>, z.output<O>, B> }>;
}

/** Default export of a module: one, or a list of them. */
export interface OwnStepType<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType, B = unknown>
  extends StepType<I, O, B> {
  readonly contract: typeof CONTRACT;
}

/** acts.ts: loaded on first use; holds the clients. */
export interface StepActs<I, O, B> {
  /** Dry run: reads only. */
  check(ctx: ActContext, input: I): Promise<readonly Finding[]>;
  /** Reads what is there now; journaled before `run`. A throw means: nothing happened. */
  prepare?(ctx: ActContext, input: I): Promise<B>;
  /** Re-attaches when the work of this very attempt is already running. A throw during a write means: unknown. */
  run(ctx: ActContext, input: I, before: B): Promise<Outcome<O>>;
  probe(ctx: ActContext, input: I, before: B): Promise<Probed<O>>;
  /** Ends work that an earlier session left running and proves it dead; false: could not be proven. */
  end?(ctx: ActContext, input: I): Promise<boolean>;
  /** Restores the before-image; safe on a half-done, a not-done and an already restored act. */
  undo?(ctx: ActContext, input: I, before: B): Promise<Outcome<null>>;
}

/** What most types have in common. A type's `effects` and `onUnknown` are its promise of safety: never by default. */
const common = {
  version: 1,
  targets: [],
  undoes: false,
  onInterrupt: (): OnInterrupt => 'finish',
  files: () => [],
} as const;

type Common = keyof typeof common;

/** Fills in what most types have in common; keeps the type parameters, which the registry forgets. */
export const defineStep = <I extends z.ZodType, O extends z.ZodType, B>(
  type: Omit<StepDeclaration<I, O, B>, Common> & Partial<Pick<StepDeclaration<I, O, B>, Common>>,
): StepDeclaration<I, O, B> => ({ ...common, ...type });

/** Joins a declaration with its acts, which have to fit it. */
export const withActs = <I extends z.ZodType, O extends z.ZodType, B>(
  type: StepDeclaration<I, O, B>,
  load: StepType<I, O, B>['load'],
): StepType<I, O, B> => ({ ...type, load });

// biome-ignore lint/suspicious/noExplicitAny: the registry is heterogeneous; schemas guard both ends at run time
export type AnyStepType = StepType<any, any, any>;
// biome-ignore lint/suspicious/noExplicitAny: as above
export type AnyStepActs = StepActs<any, any, any>;
