/** Digests show what changed between two plans, so equal meaning must give equal text. */
import { digestOf } from '../digest.ts';
import type {
  Json,
  PlanAct,
  PlanActStep,
  PlanChecklist,
  PlanGate,
  PlanStep,
  PlanTarget,
  PlanWait,
  PlanWatch,
} from '../plan.ts';

export interface Surroundings {
  readonly targets: ReadonlyMap<string, PlanTarget>;
  readonly files: { readonly [path: string]: string };
  /** Files that the acts of a step name. */
  filesOf(act: PlanAct): readonly string[];
}

/** The action and its target, without time limits and texts. */
const essence = (act: PlanAct, { targets, files, filesOf }: Surroundings): Json => {
  const target = (name: string | null): Json => {
    const found = name === null ? undefined : targets.get(name);
    if (!found) return name;
    return { type: found.type, config: found.config, via: target(found.via) };
  };
  return {
    type: act.type,
    typeVersion: act.typeVersion,
    with: act.with,
    runOn: target(act.runOn),
    target: target(act.target),
    // Only if there are some: the digest of other steps must not change.
    ...(act.uses && { uses: act.uses.map(target) }),
    ...(act.until && { until: act.until.expr }),
    files: filesOf(act).map((path) => [path, files[path] ?? null]),
  };
};

const policy = ({ timeoutMs, killGraceMs, retry, message, until }: PlanAct): Json => ({
  ...(until && { everyMs: until.everyMs, forMs: until.forMs }),
  timeoutMs,
  killGraceMs,
  retry: { ...retry },
  message,
});

type Undigested<S> = Omit<S, 'digest'>;

export const digestStep = (
  step:
    | Undigested<PlanActStep>
    | Undigested<PlanGate>
    | Undigested<PlanWait>
    | Undigested<PlanWatch>
    | Undigested<PlanChecklist>,
  around: Surroundings,
): PlanStep['digest'] => {
  const shown = { name: step.name, description: step.description, at: step.atMs, expected: step.expectedMs };
  const all = (acts: readonly PlanAct[]): Json => acts.map((act) => essence(act, around));
  // Only where there is one: what a step without it means has not changed.
  const when = step.when !== undefined && { when: step.when };
  switch (step.kind) {
    case 'gate': {
      const { id: _, name, description, atMs, expectedMs, line, ...decision } = step;
      return { forward: digestOf(decision), undo: digestOf(null), cosmetic: digestOf(shown) };
    }
    case 'wait':
      return {
        forward: digestOf({ kind: 'wait', for: step.forMs, ...when }),
        undo: digestOf(null),
        cosmetic: digestOf(shown),
      };
    case 'watch': {
      const { id: _, name, description, atMs, expectedMs, line, measure, onTrip, ...terms } = step;
      return {
        forward: digestOf({ ...terms, measure: essence(measure, around), onTrip: all(onTrip) }),
        undo: digestOf(null),
        cosmetic: digestOf({ ...shown, policies: [measure, ...onTrip].map(policy) }),
      };
    }
    case 'checklist': {
      const { id: _, name, description, atMs, expectedMs, line, items, ...terms } = step;
      const checks = items.flatMap((item) => item.check ?? []);
      const judged = items.map(({ id, say, check }) => ({ id, say, check: check && essence(check, around) }));
      return {
        forward: digestOf({ ...terms, items: judged }),
        undo: digestOf(null),
        cosmetic: digestOf({ ...shown, policies: checks.map(policy) }),
      };
    }
    case 'act': {
      const { undo } = step;
      const own = undo.mode === 'own' ? undo.acts : [];
      const guards = [...step.preconditions, ...step.verify];
      return {
        forward: digestOf({
          act: essence(step.act, around),
          preconditions: all(step.preconditions),
          verify: all(step.verify),
          ...when,
        }),
        undo: digestOf({
          mode: undo.mode,
          why: undo.why,
          preconditions: all(undo.preconditions),
          acts: all(own),
          verify: all(undo.verify),
        }),
        cosmetic: digestOf({
          ...shown,
          onFailure: step.onFailure,
          undoExpected: undo.expectedMs,
          // Only where there are some: what a step without them means has not changed.
          ...(step.sets && { sets: step.sets }),
          policies: [step.act, ...guards, ...undo.preconditions, ...own, ...undo.verify].map(policy),
        }),
      };
    }
  }
};
