import type { PlanLock, PlanSpan } from './plan-limits.ts';

/**
 * The plan: a runbook loaded, validated, with vars resolved. Plain JSON, times in milliseconds, offsets
 * from T0. Secrets are in it by name only.
 *
 * Inside `with` and `config`, what is only known later is one of three marked objects:
 *   { $expr: "steps.dump.output.bytes" }                 the value of a CEL expression
 *   { $template: ["rows: ", { expr: "steps.a.output.n" }] }  a string
 *   { secret: ["Bearer ", { name: "token" }] }           revealed at the port (step.ts)
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export interface RetryPolicy {
  /** Attempts after the first. */
  readonly limit: number;
  readonly intervalMs: number;
  /** Each interval is this many times the one before. */
  readonly backoff: number;
}

export interface PlanUntil {
  /** CEL over `result`, the output of the read. */
  readonly expr: string;
  /** From the end of one read to the start of the next. */
  readonly everyMs: number;
  /** From the start of the attempt; then nothing is read any more, and the attempt has failed. */
  readonly forMs: number;
}

/**
 * One call of a step type: the act of a step, a precondition, a verify, a step of an own undo, what a watch
 * measures or carries out when it trips, an item of a checklist.
 */
export interface PlanAct {
  /** Of a read: repeated until it is true. Absent: read once, or polled by `retry`. */
  readonly until?: PlanUntil;
  readonly type: string;
  readonly typeVersion: number;
  readonly with: JsonObject;
  /** `local` or the name of a place target. */
  readonly runOn: string;
  readonly target: string | null;
  /** Further targets that `with` names; absent where there are none. */
  readonly uses?: readonly string[];
  readonly effects: 'read' | 'write';
  readonly onUnknown: 'rerun' | 'ask';
  readonly detachable: boolean;
  /** Its type can be paused and taken up again (step.ts). */
  readonly pausable?: boolean;
  /** Per attempt. */
  readonly timeoutMs: number;
  readonly killGraceMs: number;
  /** For an act: journaled attempts. For a precondition or verify: polling inside one attempt. */
  readonly retry: RetryPolicy;
  /** The message when a precondition or verify fails. */
  readonly message: string | null;
  /** Secrets by name, templates as written. */
  readonly preview: string;
  /** Ids of the steps whose outputs its expressions read. */
  readonly reads: readonly string[];
}

export type FactValue = string | number | boolean;
/** By name: what is said to be true of the world. */
export type Facts = { readonly [fact: string]: FactValue };

/** What what-if proves: no story may break it. */
export interface PlanInvariant {
  readonly name: string;
  /** CEL over `facts` and `run`. */
  readonly that: string;
  /** `always`: after each change of a fact or of the run's state; `end`: only where a story ends. */
  readonly when: 'end' | 'always';
  readonly message: string | null;
  /** 1-based line in the runbook. */
  readonly line: number;
}

interface StepBase {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** Planned start, offset from T0; null: right after the one before. */
  readonly atMs: number | null;
  readonly expectedMs: number | null;
  /** 1-based line in the runbook. */
  readonly line: number;
  /** CEL, evaluated when the step would start; false: the step is skipped. Absent: it always runs. */
  readonly when?: string;
  /** For people, where a loop or a part has changed its text: as the file has it. */
  readonly whenAsWritten?: string;
  readonly digest: { readonly forward: string; readonly undo: string; readonly cosmetic: string };
}

/** `auto`: the type's own undo from the before-image. `nothing`: a read, nothing is ever owed. */
export interface PlanUndo {
  readonly mode: 'auto' | 'own' | 'none' | 'nothing';
  /** Why there is none. */
  readonly why: string | null;
  readonly expectedMs: number | null;
  readonly preconditions: readonly PlanAct[];
  /** Mode `own`: the undo acts in order. Mode `auto`: the one act to undo. Else empty. */
  readonly acts: readonly PlanAct[];
  readonly verify: readonly PlanAct[];
}

export interface PlanActStep extends StepBase {
  readonly kind: 'act';
  readonly act: PlanAct;
  readonly preconditions: readonly PlanAct[];
  readonly verify: readonly PlanAct[];
  readonly onFailure: 'hold' | 'rollback' | 'continue';
  readonly undo: PlanUndo;
  /** Facts that are true after the act; its undo restores what they were. Only what-if reads them. */
  readonly sets?: Facts;
}

export interface PlanGate extends StepBase {
  readonly kind: 'gate';
  /** Steps that must have succeeded. */
  readonly require: readonly string[];
  /** CEL, evaluated when the gate opens; an error is a no-go. */
  readonly criteria: readonly string[];
  /** For people, where loops or parts have changed their texts: each as the file has it. */
  readonly criteriaAsWritten?: readonly string[];
  /** null: decided by require and criteria alone. */
  readonly prompt: string | null;
  readonly approvers: readonly string[];
  readonly minApprovals: number;
  readonly timeoutMs: number | null;
  readonly onTimeout: 'hold' | 'no_go';
  readonly onNoGo: 'rollback' | 'hold';
  readonly allowUnattended: boolean;
}

export interface PlanWait extends StepBase {
  readonly kind: 'wait';
  /** After its start; 0 where only `at` matters. */
  readonly forMs: number;
}

/** Measures one read again and again, and trips when too many measurements are bad. */
export interface PlanWatch extends StepBase {
  readonly kind: 'watch';
  /** Offset of its end from T0, while the list continues; null: the list waits for its end. */
  readonly untilMs: number | null;
  /** A read. */
  readonly measure: PlanAct;
  /** From the end of one measurement to the next. */
  readonly intervalMs: number;
  /** Before the first measurement. */
  readonly initialDelayMs: number;
  /** Measurements to take; null: `untilMs` alone ends it. */
  readonly count: number | null;
  /** CEL over `result`, the measured output; null: not given. */
  readonly success: string | null;
  readonly failure: string | null;
  /** CEL; the number of samples of the measurement. */
  readonly samples: string | null;
  readonly minSamples: number;
  /** What a measurement without samples counts as; never success. */
  readonly noData: 'inconclusive' | 'failure';
  /** One more than this trips the watch. */
  readonly failureLimit: number;
  readonly inconclusiveLimit: number;
  readonly consecutiveErrorLimit: number;
  /** Whether acts of the list that can be paused are paused when it trips. */
  readonly pauses: boolean;
  /** Run in order at each trip; never undone, and a failed one does not stop the others. */
  readonly onTrip: readonly PlanAct[];
  readonly onFailure: 'hold' | 'rollback' | 'continue';
}

export interface PlanItem {
  readonly id: string;
  readonly say: string;
  /** A read that decides the item; null: a person does. */
  readonly check: PlanAct | null;
}

export interface PlanChecklist extends StepBase {
  readonly kind: 'checklist';
  readonly items: readonly PlanItem[];
  /** Who may answer the items that people decide. */
  readonly approvers: readonly string[];
  /** For people's answers; null: no limit. */
  readonly timeoutMs: number | null;
  readonly onFailure: 'hold' | 'rollback' | 'continue';
}

export type PlanStep = PlanActStep | PlanGate | PlanWait | PlanWatch | PlanChecklist;

/** The point of no return. The loader has checked: a gate is directly before it, an act directly after it. */
export interface PlanLine {
  readonly kind: 'line';
  readonly gate: string;
  readonly act: string;
  readonly forwardFix: { readonly path: string; readonly text: string };
  /** A read shown when a rollback is refused: what the rollback would lose. */
  readonly wouldLose: PlanAct | null;
  readonly line: number;
}

export type PlanEntry =
  | { readonly kind: 'step'; readonly step: string }
  | {
      readonly kind: 'parallel';
      /** All of them, in the order of the file. */
      readonly steps: readonly string[];
      /** Chains that run beside each other; the steps of one run in order. Absent: each step is a chain of its own. */
      readonly lanes?: readonly (readonly string[])[];
    }
  | PlanLine;

export interface PlanTarget {
  readonly type: string;
  /** Place it is reached through. */
  readonly via: string | null;
  readonly config: JsonObject;
  /** `user@host:port`. */
  readonly description: string;
}

export type SecretSource =
  | { readonly env: string }
  | { readonly file: string }
  | { readonly command: readonly string[] };

export type { PlanLock, PlanSpan };

export const tellEvents = ['start', 'hold', 'gate', 'rollback', 'line', 'trip', 'breach', 'end'] as const;
export type TellEvent = (typeof tellEvents)[number];

/** People who are told of the run while it goes on; it never waits for that, and never fails by it. */
export interface PlanNotify {
  /** Unique in the runbook: messages that were sent are known by it. */
  readonly id: string;
  /** For people; no secret. */
  readonly where: string;
  readonly on: readonly TellEvent[];
  /** Whose start and end are told. */
  readonly steps: readonly string[];
  /** As engine/tell.ts: of an address only the names of its secrets. */
  readonly channel: JsonObject;
  /** 1-based line in the runbook. */
  readonly line: number;
}

/** A step whose `when` is false by the vars: nothing of it is in `steps` or `entries`. */
export interface LeftOut {
  readonly id: string;
  readonly name: string;
  /** As written. */
  readonly when: string;
  /** 1-based line in the runbook. */
  readonly line: number;
  /** Id of the step that it stands after; null: it is the first. */
  readonly after: string | null;
}

/**
 * An own step type of the runbook. A template is whole in the plan, so that a saved plan can be carried out without its
 * file; of a module, the files whose content is in `files`.
 */
export type PlanStepType =
  | { readonly template: string; readonly text: string }
  | { readonly module: string; readonly files: readonly string[] };

export interface Plan {
  readonly version: 1;
  readonly name: string;
  /** `sha256:<hex>` over the canonical JSON of everything else. */
  readonly digest: string;
  /** Names of the vars files, for the operator to see which environment this is. */
  readonly environment: string | null;
  readonly timeline: { readonly opensMs: number | null; readonly hardStopMs: number | null };
  readonly vars: JsonObject;
  /** Values computed from vars; absent where the runbook declares none. */
  readonly locals?: JsonObject;
  /** In the order of the file; absent where there are none. */
  readonly leftOut?: readonly LeftOut[];
  /** Absent where the runbook declares none. */
  readonly lock?: PlanLock;
  readonly secrets: { readonly [name: string]: SecretSource };
  readonly targets: { readonly [name: string]: PlanTarget };
  readonly approvers: { readonly [id: string]: { readonly name: string } };
  readonly entries: readonly PlanEntry[];
  readonly steps: { readonly [id: string]: PlanStep };
  /** sha256 of every file the steps name, by path as written. */
  readonly files: { readonly [path: string]: string };
  /** Initial values; absent where the runbook declares none. */
  readonly facts?: Facts;
  readonly invariants?: readonly PlanInvariant[];
  /** By name; absent where the runbook declares none. */
  readonly stepTypes?: { readonly [name: string]: PlanStepType };
  /** In the order of the file; absent where there are none. */
  readonly spans?: readonly PlanSpan[];
  /** In the order of the file; absent where nobody is told. */
  readonly notify?: readonly PlanNotify[];
}
