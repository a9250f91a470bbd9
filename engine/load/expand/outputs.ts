/** Outputs of parts: each is checked where it is written, whether or not somebody reads it. */
import type { ExpressionChecker } from '../../expr/check.ts';
import { reportFaults } from './faults.ts';
import type { Expanding } from './here.ts';
import { rewriteExpression } from './rewrite.ts';

/** @param checker of the names after the expansion */
export const checkOutputs = (checker: ExpressionChecker, pass: Expanding): void => {
  for (const { expr, path, here } of pass.outputs) {
    const { text, faults, silent } = rewriteExpression(expr, here);
    reportFaults(faults, expr, path, here, pass);
    if (silent.length > 0) continue;
    const result = checker.check(text);
    for (const { diagnostic } of result.ok ? [] : result.flaws)
      pass.problems.addDiagnostic(diagnostic, here.source.value(path));
    if (result.ok && result.checked.secret !== null)
      pass.problems.add('RB229', { field: path.join('.') }, here.source.value(path));
  }
};
