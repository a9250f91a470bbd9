/** A small cutover as events, for every view: dump, gate, point of no return, opening; and a failing twin that is rolled back. */

import type { Event, Recorded } from '../../../engine/decide/events.ts';
import { apply, initialState } from '../../../engine/decide/fold.ts';
import type { RunState } from '../../../engine/decide/state.ts';
import type { Plan, PlanAct, PlanActStep, PlanGate, PlanUndo } from '../../../engine/plan.ts';
import { masked } from '../../support/masked.ts';

const minute = 60_000;
export const t0 = Date.UTC(2026, 10, 22, 22, 0, 0);

const act = (preview: string, over: Partial<PlanAct> = {}): PlanAct => ({
  type: 'command',
  typeVersion: 1,
  with: {},
  runOn: 'local',
  target: null,
  effects: 'write',
  onUnknown: 'ask',
  detachable: true,
  timeoutMs: 5 * minute,
  killGraceMs: 10_000,
  retry: { limit: 1, intervalMs: 1000, backoff: 1 },
  message: null,
  preview,
  reads: [],
  ...over,
});

const base = (id: string, name: string, atMs: number | null, expectedMs: number | null) => ({
  id,
  name,
  description: null,
  atMs,
  expectedMs,
  line: 1,
  digest: { forward: 'f', undo: 'u', cosmetic: 'c' },
});

const undo = (preview: string): PlanUndo => ({
  mode: 'own',
  why: null,
  expectedMs: minute,
  preconditions: [],
  acts: [act(preview)],
  verify: [],
});

const step = (
  id: string,
  name: string,
  at: number | null,
  expected: number,
  rest: Partial<PlanActStep> = {},
): PlanActStep => ({
  ...base(id, name, at, expected),
  kind: 'act',
  act: act(`run ${id}`),
  preconditions: [],
  verify: [],
  onFailure: 'rollback',
  undo: undo(`undo ${id}`),
  ...rest,
});

const gate: PlanGate = {
  ...base('go-no-go', 'Go or no-go', -minute, minute),
  kind: 'gate',
  require: ['dump'],
  criteria: ["steps['dump'].output.bytes > 0"],
  prompt: 'Go live?',
  approvers: ['lead', 'deputy'],
  minApprovals: 1,
  timeoutMs: 5 * minute,
  onTimeout: 'hold',
  onNoGo: 'rollback',
  allowUnattended: true,
};

const steps = [
  step('maintenance-on', 'Show the maintenance page', -30 * minute, 30_000),
  step('dump', 'Dump the database', -25 * minute, 2 * minute, {
    act: act('mysqldump trading_journal', { runOn: 'vps', target: 'legacy' }),
    verify: [act('assert', { effects: 'read', message: masked('The dump has no trailer') })],
  }),
  step('uploads', 'Archive the uploads', -25 * minute, minute),
  gate,
  step('open-doors', 'Open the doors', 0, 30_000),
];

export const plan: Plan = {
  version: 1,
  name: 'trading-journal-cutover',
  digest: 'sha256:0123',
  environment: 'lab',
  timeline: { opensMs: -35 * minute, hardStopMs: 30 * minute },
  vars: {},
  secrets: {},
  targets: { vps: { type: 'ssh', via: null, config: {}, description: 'deploy@vps.test:22' } },
  approvers: { lead: { name: 'Cutover lead' }, deputy: { name: 'Deputy' } },
  entries: [
    { kind: 'step', step: 'maintenance-on' },
    { kind: 'parallel', steps: ['dump', 'uploads'] },
    { kind: 'step', step: 'go-no-go' },
    {
      kind: 'line',
      gate: 'go-no-go',
      act: 'open-doors',
      forwardFix: { path: './forward-fix.md', text: 'Fix it.' },
      wouldLose: null,
      line: 40,
    },
    { kind: 'step', step: 'open-doors' },
  ],
  steps: Object.fromEntries(steps.map((s) => [s.id, s])),
  files: {},
};

type Script = readonly (readonly [atMs: number, ...events: Event[]])[];

const started = (id: string, at: number | null): Event => ({
  type: 'step-started',
  step: id,
  plannedAt: at === null ? null : t0 + at,
});
const acted = (id: string, phase: 'do' | 'undo' = 'do', attempt = 1): Event => ({
  type: 'act-started',
  act: `${id}/${phase}/0`,
  attempt,
  input: {},
  digest: 'd',
  before: null,
});
const done = (id: string, phase: 'do' | 'undo' = 'do', attempt = 1): Event => ({
  type: 'act-finished',
  act: `${id}/${phase}/0`,
  attempt,
  result: 'done',
  effect: 'some',
  output: null,
});
const settled = (id: string, state: 'succeeded' | 'failed' | 'undone'): Event => ({
  type: 'step-settled',
  step: id,
  state,
});

const opening: Script = [
  [
    -31 * minute,
    {
      type: 'run-created',
      runId: '20261122-2129-trading-journal-cutover-x7kd',
      runbook: 'trading-journal-cutover',
      planDigest: 'sha256:0123',
      environment: 'lab',
      engine: '0.1.0',
      user: 'ops',
      measuredUndoMs: {},
    },
    { type: 'session-started', session: 1, pid: 4711, host: 'laptop', user: 'ops', interactive: true },
    { type: 'clock-set', t0, skipWaits: false },
    { type: 'timer-set', timer: 'at:maintenance-on', until: t0 - 30 * minute },
  ],
  [
    -30 * minute,
    { type: 'timer-ended', timer: 'at:maintenance-on' },
    started('maintenance-on', -30 * minute),
  ],
  [-30 * minute + 10, acted('maintenance-on')],
  [-30 * minute + 12_000, done('maintenance-on'), settled('maintenance-on', 'succeeded')],
  [-24 * minute, started('dump', -25 * minute), started('uploads', -25 * minute)],
  [-24 * minute + 20, acted('dump'), acted('uploads')],
];

const failure = (id: string, attempt: number, retryable: boolean): Event => ({
  type: 'act-finished',
  act: `${id}/do/0`,
  attempt,
  result: 'failed',
  effect: 'some',
  error: {
    code: 'failed',
    short: masked('mysqldump: exit 2, server has gone away'),
    remedy: masked('Look at the server'),
  },
  retryable,
});

/** One retry on the way, a gate answered by a person, the line crossed. */
export const success: Script = [
  ...opening,
  [-23 * minute, done('uploads'), settled('uploads', 'succeeded')],
  [-22 * minute, failure('dump', 1, true)],
  [-22 * minute + 1, { type: 'timer-set', timer: 'retry:dump/do/0#1', until: t0 - 22 * minute + 1001 }],
  [-22 * minute + 1001, { type: 'timer-ended', timer: 'retry:dump/do/0#1' }, acted('dump', 'do', 2)],
  [-20 * minute, done('dump', 'do', 2), settled('dump', 'succeeded')],
  [-minute, started('go-no-go', -minute)],
  [
    -minute + 1,
    {
      type: 'gate-opened',
      step: 'go-no-go',
      round: 1,
      unmet: [],
      criteria: [{ expr: "steps['dump'].output.bytes > 0", holds: true }],
    },
    { type: 'timer-set', timer: 'gate:go-no-go#1', until: t0 + 4 * minute },
  ],
  [
    -30_000,
    {
      type: 'gate-answered',
      step: 'go-no-go',
      round: 1,
      verdict: 'go',
      by: 'lead',
      unattended: false,
      user: 'ops',
      reason: masked('counts match'),
    },
    { type: 'gate-settled', step: 'go-no-go', round: 1, verdict: 'go', validUntil: t0 + 10 * minute },
    settled('go-no-go', 'succeeded'),
  ],
  [0, started('open-doors', 0), acted('open-doors')],
  [5, { type: 'line-crossed', act: 'open-doors/do/0' }],
  [
    4000,
    done('open-doors'),
    settled('open-doors', 'succeeded'),
    { type: 'run-settled', result: 'succeeded' },
  ],
  [4001, { type: 'session-ended', session: 1, reason: 'settled' }],
];

/** The dump fails for good and everything is rolled back. */
export const goingBack: Script = [
  ...opening,
  [-22 * minute, failure('dump', 1, false), settled('dump', 'failed')],
  [-21 * minute, done('uploads'), settled('uploads', 'succeeded')],
  [
    -21 * minute + 1,
    {
      type: 'rollback-started',
      reason: masked('dump failed'),
      by: null,
      owed: ['dump', 'uploads', 'maintenance-on'],
    },
  ],
  ...(['dump', 'uploads', 'maintenance-on'] as const).map((id, i): Script[number] => [
    -20 * minute + i * 5000,
    acted(id, 'undo'),
    done(id, 'undo'),
    settled(id, 'undone'),
  ]),
  [-19 * minute, { type: 'rollback-settled' }, { type: 'run-settled', result: 'rolled_back' }],
];

/** Rolled back before anything of the parallel group has started. */
export const early: Script = [
  ...opening.slice(0, -2),
  [-29 * minute, { type: 'rollback-started', reason: masked('asked'), by: 'ops', owed: ['maintenance-on'] }],
  [
    -28 * minute,
    acted('maintenance-on', 'undo'),
    done('maintenance-on', 'undo'),
    settled('maintenance-on', 'undone'),
  ],
  [-28 * minute, { type: 'rollback-settled' }, { type: 'run-settled', result: 'rolled_back' }],
];

/** Stops at a hold that a person has to resolve. */
export const held: Script = [
  ...opening,
  [-22 * minute, failure('dump', 1, false)],
  [
    -22 * minute + 1,
    {
      type: 'run-held',
      hold: 'hold-1',
      cause: 'failed',
      step: 'dump',
      act: 'dump/do/0',
      message: masked('mysqldump: exit 2, server has gone away'),
      remedy: masked('Look at the server'),
      choices: ['retry', 'skip', 'roll-back', 'stop'],
    },
  ],
  [-21 * minute, { type: 'session-ended', session: 1, reason: 'held' }],
];

/** Hands every event to `each` with the state after it; the state is one object that keeps changing. */
export const play = (
  script: Script,
  each: (event: Recorded, state: RunState, now: number) => void,
): RunState => {
  const state = initialState();
  for (const [atMs, ...events] of script) {
    for (const event of events) {
      const recorded: Recorded = { ...event, seq: state.seq + 1, at: t0 + atMs };
      apply(state, recorded);
      each(recorded, state, t0 + atMs);
    }
  }
  return state;
};
