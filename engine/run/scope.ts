/** What `${{ }}` sees at run time. */
import { coreOutput } from '../decide/core-output.ts';
import { actKey } from '../decide/keys.ts';
import { hasRun, stepState } from '../decide/queries.ts';
import type { RunState } from '../decide/state.ts';
import type { Scope, StepScope } from '../expr/evaluate.ts';
import { render } from '../expr/render.ts';
import { outputSchemas } from '../expr/scope.ts';
import type { JsonObject, Plan, PlanAct } from '../plan.ts';
import type { Registry } from '../registry.ts';
import { starred } from './masking.ts';
import type { Clock } from './options.ts';

export interface Scopes {
  /** Only the outputs that are named: a long runbook must not pay for all of them at each step. */
  of(state: RunState, reads: readonly string[]): Scope;
  /** The input of an act once everything it names is known; secrets stay names. Throws ExprError. */
  input(state: RunState, spec: PlanAct): JsonObject;
}

const instant = (ms: number): string => new Date(ms).toISOString();

/** As it went forward: an undo changes nothing of it. */
const timesOf = (state: RunState, id: string): StepScope => {
  const { startedAt, forwardAt } = stepState(state, id);
  if (startedAt === null) return {};
  const started_at = instant(startedAt);
  if (forwardAt === null) return { started_at };
  return { started_at, settled_at: instant(forwardAt), duration_ms: forwardAt - startedAt };
};

/** `clock`: for `run.now`, the time at which an expression is evaluated. */
export const createScopes = (plan: Plan, registry: Registry, clock: Pick<Clock, 'now'>): Scopes => {
  let schemas: Scope['schemas'];
  const of = (state: RunState, reads: readonly string[]): Scope => {
    const steps: { [id: string]: StepScope } = {};
    const masked: { [id: string]: readonly string[] } = {};
    for (const id of reads) {
      const act = state.acts[actKey(id, 'do', 0)];
      const output = act?.done ? act.output : coreOutput(plan, state, id);
      const ran = hasRun(plan, state, id);
      const times = timesOf(state, id);
      steps[id] = act?.done || output !== null ? { output, ran, ...times } : { ran, ...times };
      // People's answers are in the output of a checklist as journaled.
      const changed = act?.done ? act.masked.output : starred(output);
      if (changed.length > 0) masked[id] = changed;
    }
    if (reads.length > 0) schemas ??= outputSchemas(plan, registry);
    const t0 = state.clock ? instant(state.clock.t0) : null;
    const now = instant(clock.now());
    const run = { id: state.runId, name: state.runbook, t0, environment: state.environment, now };
    return {
      vars: plan.vars,
      ...(plan.locals && { locals: plan.locals }),
      steps,
      run,
      ...(Object.keys(masked).length > 0 && { masked }),
      ...(schemas && { schemas }),
    };
  };
  return { of, input: (state, spec) => render(spec.with, of(state, spec.reads)) };
};
