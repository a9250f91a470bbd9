/** A secret that is ordinary text is reported before the run; a var that contains one is refused. */
import { expect, test } from 'vitest';
import { DiagnosticError } from '../../../engine/diagnostic.ts';
import { renderDiagnostic } from '../../../engine/diagnostics/render.ts';
import { systemClock } from '../../../engine/run/clock.ts';
import { dryRun } from '../../../engine/run/dry-run.ts';
import { refuseSecretVars, weakSecrets } from '../../../engine/run/weak-secrets.ts';
import { actStep, plan, planAct } from '../../support/plan-builder.ts';
import { fakeRegistry, fakeWorld } from './fake-steps.ts';

const night = plan([
  actStep('switch-trading', {
    act: planAct({
      type: 'put',
      with: { name: '/srv/trading/current', value: { secret: ['x-', { name: 'fine' }] } },
      preview: 'put /srv/trading/current',
    }),
  }),
]);
const told = (secrets: Record<string, string>) =>
  weakSecrets(night, new Map(Object.entries(secrets))).map((d) => renderDiagnostic(d, { color: false }));

test('a short one, a common word and one that is in the plan are reported, without the value', () => {
  const notes = told({ short: 'abcde', word: 'Password', db: 'trading', fine: 'x-correct-horse' });
  expect(notes.join('\n')).toMatchInlineSnapshot(`
    "RB528  Secret "short" has only 5 characters: masking will also change unrelated text
      Choose a longer value: a step that needs such text from an output fails
    RB528  Secret "word" is a common word: masking will also change unrelated text
      Choose a longer value: a step that needs such text from an output fails
    RB529  The value of secret "db" is also in the plan, at steps.switch-***, steps.switch-***.id, steps.switch-***.name and 1 more: it is masked in every output
      Choose another value: a step that needs this text from an output fails, and so does an undo after a crash"
  `);
  expect(notes.join('\n')).not.toMatch(/abcde|trading|horse/);
});

test('a number in a var counts, a hash and a secret mark do not', () => {
  const hashed = { ...night, vars: { port: 54321 }, files: { './a': 'sha256:99999977' } };
  const codes = weakSecrets(hashed, new Map(Object.entries({ pin: '54321', hash: '99999977' })));
  expect(codes.map((d) => d.code)).toEqual(['RB528', 'RB529']);
});

test('the dry run has them: in the plan a problem, else unchecked', async () => {
  const secrets = new Map(Object.entries({ db: 'trading', short: 'abcde' }));
  const { steps } = await dryRun({
    plan: night,
    registry: fakeRegistry(fakeWorld()),
    runbookDir: '/',
    secrets,
    clock: systemClock,
    onStep: () => {},
  });
  expect(steps[0]).toMatchObject({ step: 'secrets', level: 'problem' });
  expect(steps[0]?.findings.map((f) => f.level)).toEqual(['problem', 'unchecked']);
  expect(JSON.stringify(steps[0])).not.toMatch(/trading|abcde/);
});

test('a var that is, or contains, the value of a secret is refused, whatever its form', () => {
  const secrets = new Map(Object.entries({ token: 'correct-horse', other: 'another-one' }));
  const refused = (vars: Record<string, string>) => {
    try {
      refuseSecretVars(vars, secrets);
      return [];
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      return error.diagnostics.map((d) => renderDiagnostic(d, { color: false }));
    }
  };
  expect(refused({ domain: 'example.org', empty: '' })).toEqual([]);
  const url = refused({ url: 'https://u:correct-horse@db/', b64: btoa('another-one'), ok: 'x' });
  expect(url).toEqual([
    expect.stringContaining('RB530  --var url contains the value of secret "token"'),
    expect.stringContaining('RB530  --var b64 contains the value of secret "other"'),
  ]);
  expect(url.join()).not.toMatch(/correct-horse|another-one/);
});
