/** Why a person's command is refused. */
import type { Event, HoldChoice } from './events.ts';
import type { StepState } from './state.ts';

/** Why a step cannot be skipped before it starts. */
export type SkipFault =
  | { readonly kind: 'unknown' }
  /** The act that crosses the point of no return, or the gate before it. */
  | { readonly kind: 'line'; readonly side: 'act' | 'gate' }
  | { readonly kind: 'required'; readonly gate: string }
  | { readonly kind: 'begun'; readonly state: StepState['state'] };

export type Refusal =
  | { why: 'gate-not-open'; gate: string; open: string | null }
  | { why: 'gate-over'; gate: string }
  /** A no-go that came after the go was settled. */
  | { why: 'gate-passed'; gate: string; lineCrossed: boolean }
  | { why: 'not-an-approver'; gate: string; as: string | null; approvers: readonly string[] }
  | { why: 'already-answered'; gate: string; as: string }
  | { why: 'not-unattended'; gate: string }
  | { why: 'item-not-open'; step: string; item: string; open: readonly string[] }
  | { why: 'item-over'; step: string; item: string }
  | { why: 'item-answered'; step: string; item: string; by: string | null; passed: boolean }
  | { why: 'not-asked'; step: string; as: string; approvers: readonly string[] }
  | { why: 'not-held' }
  | { why: 'other-step-held'; step: string; held: string | null }
  | { why: 'not-a-choice'; choice: HoldChoice; choices: readonly HoldChoice[] }
  | { why: 'not-skippable'; step: string; fault: SkipFault }
  | { why: 'line-crossed' }
  | { why: 'already-rolling-back' }
  | { why: 'settled'; result: 'succeeded' | 'rolled_back' };

export type Answered = { events: readonly Event[] } | { refused: Refusal };
