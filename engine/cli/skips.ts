/** `--skip STEP` before the step has started: all that can be refused is refused before anything runs. */
import type { Command } from '../decide/decisions.ts';
import { initialState } from '../decide/fold.ts';
import type { SkipFault } from '../decide/refusal.ts';
import { skipFault } from '../decide/skip.ts';
import type { RunState } from '../decide/state.ts';
import { type Diagnostic, DiagnosticError, diagnose, fail } from '../diagnostic.ts';
import { nearest } from '../diagnostics/near.ts';
import { unguardedReaders } from '../expr/unguarded.ts';
import type { Plan } from '../plan.ts';
import type { Host } from './host.ts';
import { options } from './options.ts';
import type { Input } from './spec.ts';

export const skipDiagnostic = (step: string, fault: SkipFault, plan: Plan): Diagnostic => {
  switch (fault.kind) {
    case 'unknown': {
      const known = Object.keys(plan.steps);
      const leftOut = plan.leftOut?.some(({ id }) => id === step) ?? false;
      return diagnose('RB460', { step, leftOut, near: nearest(step, known), known });
    }
    case 'required':
      return diagnose('RB461', { step, gate: fault.gate });
    case 'line':
      return diagnose('RB462', { step, side: fault.side });
    case 'begun':
      return diagnose('RB464', { step, state: fault.state });
  }
};

/** @param ids each once; `state` null: there is no run yet */
export const checkSkips = (plan: Plan, state: RunState | null, ids: readonly string[]): void => {
  const skipped = (id: string) => ids.includes(id) || state?.steps[id]?.state === 'skipped';
  const problems = ids.flatMap((step): readonly Diagnostic[] => {
    const fault = skipFault(plan, state ?? initialState(), step);
    if (fault) return [skipDiagnostic(step, fault, plan)];
    const readers = unguardedReaders(plan, step).filter((id) => !skipped(id));
    return readers.length > 0 ? [diagnose('RB463', { step, readers })] : [];
  });
  if (problems.length > 0) throw new DiagnosticError(problems);
};

/** Throws RB607 without a reason, RB606 where a gate is both answered and skipped. */
export const skipCommands = (
  host: Pick<Host, 'user'>,
  input: Input,
  ids: readonly string[],
  at: number,
): readonly Extract<Command, { command: 'skip' }>[] => {
  if (ids.length === 0) return [];
  const reason = input.text(options.reason)?.trim() ?? '';
  if (reason === '') return fail('RB607', { flag: '--skip' });
  const both = input.list(options.yesToGate).find((gate) => ids.includes(gate));
  if (both !== undefined) return fail('RB606', { flags: [`--skip ${both}`, `--yes-to-gate ${both}`] });
  return ids.map((step) => ({ command: 'skip', step, user: host.user, reason, at }));
};
