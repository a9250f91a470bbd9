/** What the acts of a restore need of a server, and what they call a scratch database: a mark on it says whose it is. */
import { type ActContext, type Finding, StepFailed } from '../../../engine/step.ts';
import type { WorkResult, WorkScript } from '../../_work/run-work.ts';
import type { ToolClient, Unfit } from './access.ts';
import { lockOf } from './act-lock.ts';
import type { RestoreInput, RestoreOutput } from './restore-step.ts';

/** The same for every attempt and for the undo. */
export const ownerOf = ({ runId, stepId }: ActContext): string => `${runId}/${stepId}`;

/** Held by whatever changes the scratch database: while somebody has it, what is there is not what will be there. */
export const scratchLock = (ctx: ActContext) => lockOf(ctx, `${ownerOf(ctx)}/scratch`);

export type Scratch =
  | { readonly is: 'absent' }
  /** Made by this step of this run; `output` once it is all restored and counted. */
  | { readonly is: 'ours'; readonly output: RestoreOutput | null }
  /** Made by another step or run of this type. */
  | { readonly is: 'anothers'; readonly owner: string }
  /** `empty`: nothing would be lost with it. */
  | { readonly is: 'foreign'; readonly empty: boolean };

export interface Restorable {
  readonly sha256: string;
  readonly bytes: number;
  readonly tables: readonly string[];
}

export type Inspected<D> =
  | { readonly is: 'dump'; readonly dump: D }
  | { readonly is: 'absent' }
  | { readonly is: 'unfit'; readonly why: string; readonly final: boolean };

/** How the script of a restore ends. `final`: trying again cannot help. */
export const restoreExits = { final: 3 } as const;

export interface RestoreClient extends ToolClient {
  /** Ids of the sessions of this target's user, other than the asking one, in this database. */
  ownSessionsIn(database: string): Promise<readonly string[]>;
}

export interface RestoreKind<C extends RestoreClient, D extends Restorable> {
  readonly type: 'mysql.restore' | 'postgres.restore';
  readonly dumpType: 'mysql.dump' | 'postgres.dump';
  clientOf(ctx: ActContext): Promise<C>;
  isSameName(a: string, b: string): boolean;
  inspect(ctx: ActContext, path: string): Promise<Inspected<D>>;
  /** Why this server cannot take the dump; null: nothing speaks against it. */
  misfit(client: C, dump: D): Promise<Unfit | null>;
  /** What carries the dump into the scratch database, or why nothing at the place can. */
  work(ctx: ActContext, client: C, input: RestoreInput): Promise<WorkScript | Unfit>;
  /** @param work null: this attempt has started it */
  restore(ctx: ActContext, dump: D, work: WorkScript | null): Promise<WorkResult>;
  /** Why it failed. */
  complaintOf(ctx: ActContext, input: RestoreInput, result: WorkResult): Promise<string>;
  remedyFor(complaint: string): string | undefined;
  readonly rightsRemedy: string;
  look(client: C, ctx: ActContext, database: string): Promise<Scratch>;
  make(client: C, ctx: ActContext, database: string): Promise<void>;
  /** Written once all is restored and counted: a probe reads it back. */
  markFinished(client: C, ctx: ActContext, output: RestoreOutput): Promise<void>;
  /** The caller has made sure whose it is. */
  drop(client: C, ctx: ActContext, database: string): Promise<void>;
  /** Exact, table by table. */
  count(client: C, ctx: ActContext, database: string): Promise<Readonly<Record<string, number>>>;
  unproven(client: C, ctx: ActContext, database: string, dump: D): Promise<readonly string[]>;
  /** What is left out of the dump, in words. */
  leftOut?(dump: D): string | null;
  /** Of the dry run: what else has to be there. First: the way in. */
  findings(client: C, ctx: ActContext, input: RestoreInput): Promise<readonly Finding[]>;
}

/** Nothing of it was done. */
export const refused = (
  short: string,
  remedy?: string,
  more: Partial<ConstructorParameters<typeof StepFailed>[1]> = {},
): StepFailed => new StepFailed(short, { effect: 'none', ...(remedy && { remedy }), ...more });

export const problem = (what: string, remedy: string): Finding => ({ level: 'problem', what, remedy });
