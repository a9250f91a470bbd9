/** What a reviewer is told of two versions of a runbook. Plain JSON. */
import type { LineChange } from './lines.ts';

export const dangers = ['high', 'medium', 'low', 'none'] as const;
/** `none`: the run does not change. */
export type Danger = (typeof dangers)[number];

/** Each kind with its code and its heading. */
export const kinds = {
  'not-loaded': ['RB760', 'A version that cannot be loaded'],
  runbook: ['RB761', 'A runbook added, removed or renamed'],
  'step-added': ['RB762', 'A step added'],
  'step-removed': ['RB763', 'A step removed'],
  'step-renamed': ['RB764', 'A step renamed'],
  'step-moved': ['RB765', 'A step moved in the order'],
  time: ['RB766', 'Planned time of a step'],
  command: ['RB767', 'A command'],
  input: ['RB768', 'An input of a step'],
  expectation: ['RB769', 'What a check expects'],
  file: ['RB770', 'The content of a file'],
  place: ['RB771', 'Where a step runs, or what it acts upon'],
  precondition: ['RB772', 'A precondition'],
  verify: ['RB773', 'A verify'],
  attempts: ['RB774', 'Timeouts and retries'],
  'on-failure': ['RB775', 'What a failure leads to'],
  gate: ['RB776', 'What a gate demands'],
  'gate-people': ['RB777', 'Who answers a gate'],
  'gate-time': ['RB778', 'How long a gate waits, and what no answer means'],
  undo: ['RB779', 'An undo'],
  'no-return': ['RB780', 'The point of no return'],
  'forward-fix': ['RB781', 'The forward fix'],
  window: ['RB782', 'The window'],
  secret: ['RB783', 'The source of a secret'],
  target: ['RB784', 'A target'],
  approvers: ['RB785', 'The approvers of the runbook'],
  watch: ['RB786', 'What a watch measures and tolerates'],
  checklist: ['RB787', 'An item of a checklist'],
  fact: ['RB788', 'A fact'],
  invariant: ['RB789', 'An invariant'],
  var: ['RB790', 'The value of a var'],
  policy: ['RB791', 'A policy of the team'],
  'what-if': ['RB792', 'How a fault ends'],
  span: ['RB793', 'How long a state lasts'],
  'last-abort': ['RB794', 'Until when a rollback fits before the hard stop'],
  text: ['RB795', 'Words for people'],
  lock: ['RB796', 'The lock of the runbook'],
  told: ['RB797', 'Notifications of the run'],
  condition: ['RB256', 'When a step is skipped or left out'],
} as const satisfies Record<string, readonly [string, string]>;

export type Kind = keyof typeof kinds;

export const codeOf = (kind: Kind): string => kinds[kind][0];

export interface Change {
  readonly kind: Kind;
  readonly danger: Danger;
  /** Its id after the change, or before it where it is gone; null: the runbook as a whole. */
  readonly step: string | null;
  /** Without the step, e.g. `undo`, `with.expect.rows`, `verify 2`. */
  readonly what: string;
  /** In one line; null: not there. Both null: `reason` says it all. */
  readonly before: string | null;
  readonly after: string | null;
  /** Of a longer text, its lines that changed. */
  readonly lines?: readonly LineChange[];
  /** Why it has this danger: one sentence without a full stop. */
  readonly reason: string;
  /** Step without whose change this would not be. Only where that was tried. */
  readonly cause?: string;
}

export const isAtLeast = (danger: Danger, least: Danger): boolean =>
  dangers.indexOf(danger) <= dangers.indexOf(least);

export const worstOf = (found: readonly { readonly danger: Danger }[]): Danger =>
  dangers.find((danger) => found.some((each) => each.danger === danger)) ?? 'none';

/** The most dangerous first; within a danger as they were found, which is the order of the runbook. */
export const byDanger = <C extends { readonly danger: Danger }>(found: readonly C[]): readonly C[] =>
  found.toSorted((a, b) => dangers.indexOf(a.danger) - dangers.indexOf(b.danger));

export const countsOf = (found: readonly { readonly danger: Danger }[]): Readonly<Record<Danger, number>> => {
  const counts = { high: 0, medium: 0, low: 0, none: 0 };
  for (const { danger } of found) counts[danger]++;
  return counts;
};
