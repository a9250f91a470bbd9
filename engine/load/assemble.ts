/** The plan from its checked parts. */

import { digestOf } from '../digest.ts';
import type {
  Json,
  JsonObject,
  Plan,
  PlanAct,
  PlanEntry,
  PlanLock,
  PlanNotify,
  PlanSpan,
  PlanStep,
  PlanTarget,
  SecretSource,
} from '../plan.ts';
import type { Registry } from '../registry.ts';
import { digestStep } from './digest.ts';
import type { CompiledEntries } from './entries.ts';
import type { LeftOutStep } from './expand/left-out.ts';
import type { Proven } from './invariants.ts';
import type { NamedFiles } from './named-files.ts';
import type { Window } from './timeline.ts';

export interface Parts {
  readonly name: string;
  readonly environment: string | null;
  readonly window: Window;
  readonly vars: JsonObject;
  readonly locals: JsonObject;
  readonly secrets: { readonly [name: string]: SecretSource };
  readonly targets: ReadonlyMap<string, PlanTarget>;
  readonly approvers: Plan['approvers'];
  readonly compiled: CompiledEntries;
  readonly leftOut: readonly LeftOutStep[];
  readonly proven: Proven;
  readonly lock: PlanLock | null;
  readonly told: { readonly notify?: readonly PlanNotify[] };
  readonly timed: { readonly spans?: readonly PlanSpan[] };
  readonly files: NamedFiles;
  readonly registry: Registry;
  readonly stepTypes: Plan['stepTypes'] | undefined;
}

export const assemble = (parts: Parts): Plan => {
  const { compiled, targets } = parts;
  const files = parts.files.digests();
  const around = { targets, files, filesOf: (act: PlanAct) => parts.files.of(act) };
  const steps: { [id: string]: PlanStep } = {};
  for (const { step } of compiled.steps) steps[step.id] = { ...step, digest: digestStep(step, around) };
  const entries = compiled.entries.map((entry): PlanEntry => {
    if (entry.kind !== 'line') return entry;
    const { path } = entry.forwardFix;
    return { ...entry, forwardFix: { path, text: parts.files.text(path) } };
  });
  const leftOut = parts.leftOut.map(({ id, name, when, line, after }) => ({ id, name, when, line, after }));
  const { opensMs, hardStopMs } = parts.window;
  const plan: Omit<Plan, 'digest'> = {
    version: 1,
    name: parts.name,
    environment: parts.environment,
    timeline: { opensMs, hardStopMs },
    vars: parts.vars,
    ...(Object.keys(parts.locals).length > 0 && { locals: parts.locals }),
    ...(parts.lock && { lock: parts.lock }),
    secrets: parts.secrets,
    targets: Object.fromEntries(targets),
    ...(leftOut.length > 0 && { leftOut }),
    approvers: parts.approvers,
    entries,
    steps,
    files,
    ...parts.proven,
    ...(parts.stepTypes && { stepTypes: parts.stepTypes }),
    ...parts.timed,
    ...parts.told,
  };
  return { ...plan, digest: digestOf(plan as unknown as Json) };
};
