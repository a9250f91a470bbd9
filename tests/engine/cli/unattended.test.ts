import { expect, test } from 'vitest';
import { checkYesToGates } from '../../../engine/cli/unattended.ts';
import { DiagnosticError } from '../../../engine/diagnostic.ts';
import { renderDiagnostic } from '../../../engine/diagnostics/render.ts';
import type { Plan } from '../../../engine/plan.ts';
import { plan } from '../views/scripted-run.ts';

const gate = plan.steps['go-no-go'];
if (gate?.kind !== 'gate') throw new Error('the scripted plan has a gate');
const attended: Plan = {
  ...plan,
  steps: { ...plan.steps, 'people-only': { ...gate, id: 'people-only', line: 12, allowUnattended: false } },
};

test('a gate that allows it may get its go in advance', () => {
  expect(checkYesToGates(attended, ['go-no-go'])).toEqual(['go-no-go']);
});

test('an unknown gate and one for people only are refused together, before anything starts', () => {
  const refused = () => checkYesToGates(attended, ['typo', 'people-only', 'go-no-go']);
  expect(refused).toThrow(DiagnosticError);
  try {
    refused();
  } catch (error) {
    const { diagnostics } = error as DiagnosticError;
    expect(diagnostics.map((d) => renderDiagnostic(d, { color: false })).join('\n')).toMatchInlineSnapshot(`
      "RB604  --yes-to-gate typo: the runbook has no such gate
        Gates: go-no-go, people-only
      RB605  --yes-to-gate people-only: this gate (line 12) is decided by people only
        Let an approver answer it, or have "allow_unattended: true" reviewed into the runbook"
    `);
  }
});
