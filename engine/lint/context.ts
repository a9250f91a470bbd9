/** What rules read: the plan, its times, and each call with what its type says of the input. */
import type { Position } from '../diagnostic.ts';
import type { Loaded } from '../load/load.ts';
import type { LoadedCall } from '../load/loaded-calls.ts';
import type { Path } from '../load/yaml-source.ts';
import type { Plan, PlanActStep, PlanStep } from '../plan.ts';
import type { Registry } from '../registry.ts';
import type { Traits } from '../step.ts';
import type { Change } from '../target.ts';
import type { PlanTimes } from '../timeline/times.ts';
import type { ShellCommand, Word } from './shell/command.ts';
import { commandsOf } from './shell/commands-of.ts';

export interface LintedCall extends Pick<LoadedCall, 'act' | 'site'> {
  readonly step: string | null;
  readonly traits: Traits;
  /** Of its act, without those of its probe. */
  readonly commands: readonly ShellCommand[];
  /** Of its probe. */
  readonly probes: readonly ShellCommand[];
  /** What its statements change, each with its place; null: not readable. */
  readonly changes: readonly { readonly path: Path; readonly found: readonly Change[] | null }[];
}

export interface LintedStep {
  readonly id: string;
  readonly step: PlanStep;
  readonly path: Path;
  /** A rollback may still come to it: it is before the point of no return, or there is none. */
  readonly undoable: boolean;
  /** Of an act step. */
  readonly act: LintedCall | null;
  readonly calls: readonly LintedCall[];
}

export interface ActStep extends LintedStep {
  readonly step: PlanActStep;
  readonly act: LintedCall;
}

export class LintContext {
  readonly plan: Plan;
  readonly times: PlanTimes;
  readonly steps: readonly LintedStep[];
  readonly acts: readonly ActStep[];
  /** In the order of the file. */
  readonly calls: readonly LintedCall[];
  readonly #loaded: Loaded;

  constructor(loaded: Loaded, times: PlanTimes, calls: readonly LintedCall[]) {
    this.plan = loaded.plan;
    this.times = times;
    this.calls = calls;
    this.#loaded = loaded;
    const of = Map.groupBy(calls, ({ step }) => step);
    this.steps = [...listed(loaded.plan)].map(({ id, undoable }) => {
      const own = of.get(id) ?? [];
      const step = loaded.plan.steps[id] as PlanStep;
      const act = own.find(({ site }) => site.role === 'act') ?? null;
      return { id, step, path: loaded.written.paths.get(id) ?? [], undoable, act, calls: own };
    });
    this.acts = this.steps.filter((s): s is ActStep => s.step.kind === 'act' && s.act !== null);
  }

  /** The key of a step, or its id where it does not have this key. */
  atKey(step: LintedStep, ...keys: Path): Position {
    const { source } = this.#loaded.written;
    return source.has([...step.path, ...keys]) ? source.key([...step.path, ...keys]) : this.atStep(step);
  }

  atStep({ path }: LintedStep): Position {
    return this.#loaded.written.source.value([...path, 'id']);
  }

  /** The value of a step at these keys. */
  atValue(step: LintedStep, ...keys: Path): Position {
    return this.#loaded.written.source.value([...step.path, ...keys]);
  }

  /** The value in the input of a call. */
  atInput({ site }: LintedCall, path: Path): Position {
    return this.#loaded.written.source.value([...site.path, 'with', ...path]);
  }

  /** As written in the file; null: no such value, or a list or map. */
  writtenInput({ site }: LintedCall, path: Path): string | null {
    return this.#loaded.written.source.written([...site.path, 'with', ...path]);
  }

  /** The word of a command. */
  atWord({ site }: LintedCall, { path, span }: Word): Position {
    const { source } = this.#loaded.written;
    const at = [...site.path, 'with', ...path];
    return span === null ? source.value(at) : source.within(at, { ...span, open: null });
  }

  /** The call itself: the step's id, or its `type`. */
  atCall(call: LintedCall): Position {
    const { source } = this.#loaded.written;
    return source.value([...call.site.path, call.site.role === 'act' ? 'id' : 'type']);
  }

  at(path: Path): Position {
    return this.#loaded.written.source.value(path);
  }

  /** Into the file. */
  offsetOf({ line, col }: Position): number {
    return (this.#loaded.written.yaml.lines.lineStarts[line - 1] ?? 0) + col - 1;
  }
}

function* listed(plan: Plan): Generator<{ readonly id: string; readonly undoable: boolean }> {
  let undoable = true;
  for (const entry of plan.entries) {
    if (entry.kind === 'line') undoable = false;
    else for (const id of entry.kind === 'step' ? [entry.step] : entry.steps) yield { id, undoable };
  }
}

export const gather = async (loaded: Loaded, times: PlanTimes, registry: Registry): Promise<LintContext> => {
  const calls = [];
  for (const call of loaded.written.calls) calls.push(await lintedCall(call, loaded.plan, registry));
  return new LintContext(loaded, times, calls);
};

const lintedCall = async (
  { act, site, type, input }: LoadedCall,
  plan: Plan,
  registry: Registry,
): Promise<LintedCall> => {
  const traits = (input === null ? null : type.traits?.(input)) ?? {};
  const kind = registry.targets.get(plan.targets[act.target ?? '']?.type ?? '');
  const changes = [];
  for (const { text, path } of traits.writes ?? [])
    changes.push({ path, found: (await kind?.changes?.(text)) ?? null });
  const run = traits.commands ?? [];
  const of = (probe: boolean) =>
    run
      .filter((command) => (command.probe ?? false) === probe)
      .flatMap((command) => commandsOf(command.run, command.path));
  return { act, site, step: site.step, traits, commands: of(false), probes: of(true), changes };
};
