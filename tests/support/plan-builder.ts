/** Plans for tests of the core, without YAML: only what a test names differs from a plain step. */
import type {
  Plan,
  PlanAct,
  PlanActStep,
  PlanChecklist,
  PlanEntry,
  PlanGate,
  PlanSpan,
  PlanStep,
  PlanUndo,
  PlanWait,
  PlanWatch,
} from '../../engine/plan.ts';

export const planAct = (over: Partial<PlanAct> = {}): PlanAct => ({
  type: 'fake',
  typeVersion: 1,
  with: {},
  runOn: 'local',
  target: null,
  effects: 'write',
  onUnknown: 'ask',
  detachable: false,
  timeoutMs: 60_000,
  killGraceMs: 1_000,
  retry: { limit: 0, intervalMs: 0, backoff: 1 },
  message: null,
  preview: 'fake',
  reads: [],
  ...over,
});

const base = (id: string) => ({
  id,
  name: id,
  description: null,
  atMs: null,
  expectedMs: null,
  line: 1,
  digest: { forward: '', undo: '', cosmetic: '' },
});

export const autoUndo: PlanUndo = {
  mode: 'auto',
  why: null,
  expectedMs: null,
  preconditions: [],
  acts: [planAct()],
  verify: [],
};

export const actStep = (id: string, over: Partial<PlanActStep> = {}): PlanActStep => ({
  ...base(id),
  kind: 'act',
  act: planAct(),
  preconditions: [],
  verify: [],
  onFailure: 'hold',
  undo: autoUndo,
  ...over,
});

export const gateStep = (id: string, over: Partial<PlanGate> = {}): PlanGate => ({
  ...base(id),
  kind: 'gate',
  require: [],
  criteria: [],
  prompt: 'Go?',
  approvers: ['lead', 'deputy'],
  minApprovals: 1,
  timeoutMs: 300_000,
  onTimeout: 'hold',
  onNoGo: 'rollback',
  allowUnattended: false,
  ...over,
});

export const waitStep = (id: string, forMs: number, over: Partial<PlanWait> = {}): PlanWait => ({
  ...base(id),
  kind: 'wait',
  forMs,
  ...over,
});

export const watchStep = (id: string, over: Partial<PlanWatch> = {}): PlanWatch => ({
  ...base(id),
  kind: 'watch',
  untilMs: null,
  measure: planAct({ effects: 'read' }),
  intervalMs: 30_000,
  initialDelayMs: 0,
  count: 3,
  success: null,
  failure: null,
  samples: null,
  minSamples: 0,
  noData: 'inconclusive',
  failureLimit: 0,
  inconclusiveLimit: 0,
  consecutiveErrorLimit: 4,
  pauses: true,
  onTrip: [],
  onFailure: 'hold',
  ...over,
});

/** Items named `h…` are for a person, the others are read. */
export const checklistStep = (
  id: string,
  items: readonly string[],
  over: Partial<PlanChecklist> = {},
): PlanChecklist => ({
  ...base(id),
  kind: 'checklist',
  items: items.map((item) => ({
    id: item,
    say: item,
    check: item.startsWith('h') ? null : planAct({ effects: 'read' }),
  })),
  approvers: ['lead', 'deputy'],
  timeoutMs: 600_000,
  onFailure: 'hold',
  ...over,
});

export const span = (id: string, over: Partial<PlanSpan> = {}): PlanSpan => ({
  id,
  name: id,
  from: ['close'],
  to: ['open'],
  limitMs: 60_000,
  onBreach: 'hold',
  line: 1,
  ...over,
});

/** Chains that run beside each other. */
export const lanes = (...chains: readonly (readonly PlanStep[])[]) => ({ lanes: chains });

type Item = PlanStep | readonly PlanStep[] | ReturnType<typeof lanes> | 'line';

const stepsOf = (item: Item): readonly PlanStep[] => {
  if (item === 'line') return [];
  if ('id' in item) return [item];
  return 'lanes' in item ? item.lanes.flat() : item;
};

/** `'line'` goes between the gate before it and the act after it; a list is a parallel group, a step a lane. */
export const plan = (items: readonly Item[], over: Partial<Plan> = {}): Plan => {
  const entries = items.map((item, i): PlanEntry => {
    if (item === 'line') {
      const [gate, act] = [items[i - 1], items[i + 1]] as [PlanGate, PlanActStep];
      const forwardFix = { path: './fix.md', text: 'Fix forward.' };
      return { kind: 'line', gate: gate.id, act: act.id, forwardFix, wouldLose: null, line: 1 };
    }
    if ('id' in item) return { kind: 'step', step: item.id };
    const steps = stepsOf(item).map((s) => s.id);
    if (!('lanes' in item)) return { kind: 'parallel', steps };
    return { kind: 'parallel', steps, lanes: item.lanes.map((lane) => lane.map((s) => s.id)) };
  });
  const steps = items.flatMap(stepsOf);
  return {
    version: 1,
    name: 'test',
    digest: 'sha256:test',
    environment: null,
    timeline: { opensMs: null, hardStopMs: null },
    vars: {},
    secrets: {},
    targets: {},
    approvers: { lead: { name: 'Lead' }, deputy: { name: 'Deputy' } },
    entries,
    steps: Object.fromEntries(steps.map((s) => [s.id, s])),
    files: {},
    ...over,
  };
};
