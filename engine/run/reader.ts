/** Calls of step types outside of a run's journal: reads that change nothing and leave no trace. */

import type { ActKey } from '../decide/events.ts';
import { initialState } from '../decide/fold.ts';
import type { RunState } from '../decide/state.ts';
import type { Scope } from '../expr/evaluate.ts';
import type { Plan, PlanAct } from '../plan.ts';
import type { Registry } from '../registry.ts';
import type { ActContext, AnyStepActs } from '../step.ts';
import { actContext } from './act-context.ts';
import { Connections } from './connections.ts';
import { createMasking, type Masking } from './masking.ts';
import type { Clock } from './options.ts';
import { createScopes, type Scopes } from './scope.ts';
import { parseInput } from './step-data.ts';
import { untilAborted } from './time-limit.ts';

export interface ReaderOptions {
  readonly plan: Plan;
  readonly registry: Registry;
  /** Folder that relative paths of the runbook are resolved against. */
  readonly runbookDir: string;
  readonly secrets: ReadonlyMap<string, string>;
  readonly clock: Clock;
  /** What expressions see; default: a run that has not begun. */
  readonly state?: RunState;
}

export type ReadCall<T> = (acts: AnyStepActs, context: ActContext, input: unknown) => Promise<T>;

export class Reader {
  readonly masking: Masking;
  readonly connections: Connections;
  readonly #o: ReaderOptions;
  readonly #scopes: Scopes;

  constructor(options: ReaderOptions) {
    this.#o = options;
    this.masking = createMasking(options.secrets);
    this.#scopes = createScopes(options.plan, options.registry, options.clock);
    this.connections = new Connections({ ...options, reveal: this.masking.reveal, log: () => {} });
  }

  /** Under the call's own timeout. Throws what the step type or its target throws. */
  async call<T>(spec: PlanAct, act: ActKey, call: ReadCall<T>): Promise<T> {
    const { registry, clock, plan, runbookDir, state = initialState() } = this.#o;
    const type = registry.steps.get(spec.type);
    if (!type) throw new Error(`step type ${spec.type} is in the plan but not in the registry`);
    const { acts } = await type.load();
    const control = new AbortController();
    const context = actContext({
      runId: state.runId || 'dry-run',
      plan,
      spec,
      act,
      attempt: 1,
      signal: control.signal,
      clock,
      runbookDir,
      connections: this.connections,
      reveal: this.masking.reveal,
      mask: this.masking.text,
      log: () => {},
      progress: () => {},
      ledger: () => {
        throw new Error('a ledger exists only in a run');
      },
      checkpoint: () => {
        throw new Error('a checkpoint exists only in a run');
      },
    });
    const input = parseInput(type, this.#scopes.input(state, spec));
    return untilAborted(clock, spec, control, () => call(acts, context, input));
  }

  /** What an expression sees beside the output of its own read. */
  get scope(): Scope {
    const { state = initialState() } = this.#o;
    return this.#scopes.of(state, Object.keys(state.steps));
  }

  close(): Promise<void> {
    return this.connections.close();
  }
}
