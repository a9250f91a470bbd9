/** `--yes-to-gate`: checked before anything starts, because nobody is present to give this approval. */
import { type Diagnostic, DiagnosticError, diagnose } from '../diagnostic.ts';
import type { Plan } from '../plan.ts';

/** Throws RB604 and RB605, all at once. */
export const checkYesToGates = (plan: Plan, ids: readonly string[]): readonly string[] => {
  const gates = Object.values(plan.steps).filter((s) => s.kind === 'gate');
  const problems = ids.flatMap((id): Diagnostic[] => {
    const gate = gates.find((g) => g.id === id);
    if (!gate) return [diagnose('RB604', { gate: id, gates: gates.map((g) => g.id) })];
    return gate.allowUnattended ? [] : [diagnose('RB605', { gate: id, line: gate.line })];
  });
  if (problems.length > 0) throw new DiagnosticError(problems);
  return ids;
};
