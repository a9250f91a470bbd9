/** A policy from its file to what a reviewer reads: loaded, judged over a plan, told. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DiagnosticError } from '../../../engine/diagnostic.ts';
import { renderDiagnostic } from '../../../engine/diagnostics/render.ts';
import type { Plan } from '../../../engine/plan.ts';
import { policiesOf } from '../../../engine/policy/find.ts';
import { judgePlan } from '../../../engine/policy/judge.ts';
import { lintLevels, unknownLintCodes } from '../../../engine/policy/lint-levels.ts';
import { loadPolicy } from '../../../engine/policy/load-policy.ts';
import { policyPages } from '../../../engine/policy/pages.ts';
import { policyRemarks } from '../../../engine/policy/remarks.ts';
import { actStep, gateStep, planAct, plan as planOf } from '../../support/plan-builder.ts';

const hour = 3_600_000;

const plan: Plan = {
  ...planOf([
    actStep('dump', {
      line: 5,
      atMs: -hour,
      act: planAct({ type: 'mysql.dump', runOn: 'vps', target: 'old' }),
    }),
    gateStep('go', { line: 9, minApprovals: 2 }),
    'line',
    actStep('open', {
      line: 12,
      act: planAct({ type: 'file.remove', preview: 'rm flag' }),
      verify: [planAct()],
    }),
  ]),
  environment: 'prod',
  timeline: { opensMs: -hour, hardStopMs: 2 * hour },
  targets: {
    prod: { type: 'ssh', via: null, config: {}, description: 'deploy@prod:22' },
    old: { type: 'mysql', via: 'prod', config: {}, description: 'old' },
  },
};

const policy = (...rules: readonly string[]) =>
  loadPolicy(`version: 1\nrules:\n${rules.map((rule) => `  - ${rule}\n`).join('')}`, 'runbook.policy.yaml');

const verdicts = (
  that: string,
  { t0 = null, of = plan, when }: { t0?: string | null; of?: Plan; when?: string } = {},
) => {
  const rule = `{ name: r, message: m, that: ${JSON.stringify(that)}${when ? `, when: ${JSON.stringify(when)}` : ''} }`;
  const [judged] = judgePlan([policy(rule)], of, t0 === null ? null : Date.parse(t0));
  return judged;
};

const twoApprovers = "!('prod' in plan.targets) || plan.gates.exists(g, g.min_approvals >= 2)";
const sunday =
  "within(t0 + plan.window.opens, t0 + plan.window.hard_stop, 'Sun 00:00-06:00', 'Europe/Paris')";

describe('what a team wants to say', () => {
  test('every runbook with target prod has a gate with two approvers', () => {
    expect(verdicts(twoApprovers)?.verdict).toBe('passed');
    const one = planOf([gateStep('go', { minApprovals: 1 })]);
    expect(verdicts(twoApprovers, { of: { ...one, targets: plan.targets } })?.verdict).toBe('violated');
    expect(verdicts(twoApprovers, { of: one })?.verdict).toBe('passed');
  });

  test.each([
    // The window is from an hour before T0 to two hours after it.
    ['2026-11-29T01:00:00+01:00', 'passed'],
    ['2026-11-29T04:00:00+01:00', 'passed'],
    ['2026-11-29T00:30:00+01:00', 'violated'],
    ['2026-11-29T04:01:00+01:00', 'violated'],
    ['2026-11-30T01:00:00+01:00', 'violated'],
    // Clocks go forward at 02:00: from 00:00 to 04:00 and from 01:30 to 05:30 on them.
    ['2026-03-29T00:00:00Z', 'passed'],
    ['2026-03-29T01:30:00Z', 'passed'],
    ['2026-03-29T02:30:00Z', 'violated'],
    // Clocks go back at 03:00.
    ['2026-10-24T23:00:00Z', 'passed'],
    ['2026-10-25T03:30:00Z', 'violated'],
  ])('window within Sunday 00-06 Europe/Paris, T0 %s: %s', (t0, expected) => {
    expect(verdicts(sunday, { t0 })?.verdict).toBe(expected);
  });

  test.each([
    ["plan.environment == 'prod' && plan.name == 'test'", 'passed'],
    ["plan.steps.all(s, s.effects != 'write' || s.verify.size() > 0)", 'violated'],
    ["plan.steps.filter(s, s.after_no_return).map(s, s.id) == ['open']", 'passed'],
    ["plan.point_of_no_return.gate == 'go' && plan.point_of_no_return.act == 'open'", 'passed'],
    ["plan.steps.exists(s, has(s.at) && s.at <= duration('-1h') && s.run_on == 'vps')", 'passed'],
    ["plan.targets.exists(name, plan.targets[name].via == 'prod')", 'passed'],
    ["plan.gates.all(g, g.timeout <= duration('10m') && g.on_timeout != 'no_go')", 'passed'],
    ["plan.steps.all(s, s.undo.mode != 'none') && !has(plan.window.opens)", 'violated'],
    ['plan.steps.map(s, s.line) == [5, 9, 12] && plan.steps[0].timeout == duration("1m")', 'passed'],
    ["local(timestamp('2026-11-29T00:30:00Z'), 'Europe/Paris').hour == 1", 'passed'],
  ])('%s: %s', (that, expected) => {
    const judged = verdicts(that);
    expect([judged?.why, judged?.verdict]).toEqual([null, expected]);
  });

  test('T0 by the clock of a zone', () => {
    const that = "local(t0, 'Europe/Paris').weekday == 'Sunday' && local(t0, 'Europe/Paris').time < '06:00'";
    expect(verdicts(that, { t0: '2026-11-29T00:30:00+01:00' })?.verdict).toBe('passed');
    expect(verdicts(that, { t0: '2026-11-29T06:00:00+01:00' })?.verdict).toBe('violated');
  });
});

describe('what cannot be judged has not passed', () => {
  test.each([
    ['plan.window.opens < duration("0s")', 'there is no "opens"'],
    ['plan.steps[7].id == "x"', 'index out of bounds'],
    ['1 / plan.gates.size() > 0', 'division by zero'],
  ])('%s', (that, why) => {
    const judged = verdicts(that, { of: planOf([actStep('a')]) });
    expect(judged?.verdict).toBe('violated');
    expect(judged?.why).toContain(why);
  });

  test('nor where its `when` cannot be judged', () => {
    const judged = verdicts('true', {
      of: planOf([actStep('a')]),
      when: 'plan.window.opens < duration("0s")',
    });
    expect(judged).toMatchObject({ verdict: 'violated', why: expect.stringContaining('opens') });
  });

  test('nor without T0, where `that` or `when` reads it', () => {
    expect(verdicts(sunday)?.verdict).toBe('unchecked');
    expect(verdicts(sunday, { when: "plan.environment == 'lab'" })?.verdict).toBe('skipped');
    expect(verdicts(sunday, { when: "plan.environment == 'prod'" })?.verdict).toBe('unchecked');
    expect(verdicts('true', { when: "t0 > timestamp('2026-01-01T00:00:00Z')" })?.verdict).toBe('unchecked');
  });

  test('a rule is skipped only where its `when` is false', () => {
    expect(verdicts('false', { when: "plan.environment == 'lab'" })?.verdict).toBe('skipped');
    expect(verdicts('false', { when: "plan.environment == 'prod'" })?.verdict).toBe('violated');
  });
});

describe('remarks', () => {
  const source = 'version: 1\n# a\nname: fake\nsteps:\n  - id: dump\n\n\n\n  - id: go\n\n\n  - id: open\n';
  const remarksOf = (...rules: readonly string[]) =>
    policyRemarks([policy(...rules)], { plan, source, file: 'a.yaml' }, null);

  test('a rule about each step is told at those that violate it', () => {
    const rule =
      '{ name: verified, message: A write has no verify, level: warning, that: \'plan.steps.all(s, s.effects != "write" || s.verify.size() > 0)\' }';
    expect(remarksOf(rule)).toEqual([
      {
        code: 'RB750',
        level: 'warning',
        file: 'a.yaml',
        region: { line: 5, col: 5, endCol: 13 },
        step: 'dump',
        message: 'A write has no verify: "dump"',
        remedy: 'See rule "verified" of runbook.policy.yaml:3',
      },
    ]);
  });

  test('any other at the name of the runbook; what is not checked is a note, what cannot be judged an error', () => {
    const remarks = remarksOf(
      '{ name: a, message: No, that: "false" }',
      `{ name: b, message: Only on Sunday, that: "${sunday}" }`,
      '{ name: c, message: Broken, that: "plan.steps[9].id == \'x\'" }',
      '{ name: d, message: Fine, that: "true" }',
    );
    expect(remarks.map(({ code, level, region, step }) => [code, level, region.line, step])).toEqual([
      ['RB750', 'error', 3, null],
      ['RB752', 'note', 3, null],
      ['RB751', 'error', 3, null],
    ]);
    expect(remarks[1]?.message).toBe('Not checked, as T0 is not known: rule "b" of runbook.policy.yaml:4');
    expect(remarks[2]?.message).toContain('Broken (cannot be judged: ');
  });

  test('the example of the page is a policy', () => {
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(policyPages.RB750?.help ?? '') ?? [];
    const { rules, lint } = loadPolicy(yaml, 'example.yaml');
    expect([rules.length, lint.length]).toEqual([3, 1]);
  });
});

describe('lint levels', () => {
  const lint = (file: string, level: string) => loadPolicy(`version: 1\nlint: { RB701: ${level} }\n`, file);

  test('the strictest of all files counts, and a looser one is told', () => {
    const { levels, remarks } = lintLevels([lint('top.yaml', 'error'), lint('near.yaml', 'off')]);
    expect(levels.get('RB701')?.level).toBe('error');
    expect(remarks).toMatchObject([
      { code: 'RB753', file: 'near.yaml', message: 'RB701: off has no effect: top.yaml:2 sets it to error' },
    ]);
  });

  test('a nearer file can be stricter', () => {
    const { levels, remarks } = lintLevels([lint('top.yaml', 'note'), lint('near.yaml', 'warning')]);
    expect(levels.get('RB701')?.level).toBe('warning');
    expect(remarks).toMatchObject([{ file: 'top.yaml' }]);
  });
});

test('a level of an unknown lint rule is told with the one that may be meant', () => {
  const policies = [loadPolicy('version: 1\nlint: { RB701: off, RB710: error }\n', 'p.yaml')];
  expect(unknownLintCodes(policies, ['RB701', 'RB711'])).toMatchObject([
    { code: 'RB754', file: 'p.yaml', region: { line: 2 }, message: 'There is no lint rule RB710' },
  ]);
});

describe('which policies apply', () => {
  const tree = (files: Readonly<Record<string, string>>): string => {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'policies-')));
    onTestFinished(() => rmSync(root, { recursive: true }));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return root;
  };
  const named = (name: string) => `version: 1\nrules: [{ name: ${name}, message: m, that: "true" }]\n`;
  const namesOf = async (path: string, given: readonly string[] = []) =>
    (await policiesOf(path, given)).flatMap(({ rules }) => rules.map(({ name }) => name));

  test('all from the folder of the runbook up to the root of the repository, and those that are given', async () => {
    const root = tree({
      'runbook.policy.yaml': named('outside'),
      'repo/.git': 'gitdir: elsewhere',
      'repo/runbook.policy.yaml': named('top'),
      'repo/a/b/runbook.policy.yaml': named('near'),
      'repo/a/c/runbook.policy.yaml': named('beside'),
      'more.yaml': named('given'),
    });
    const runbook = join(root, 'repo/a/b/cutover.yaml');
    expect(await namesOf(runbook)).toEqual(['top', 'near']);
    expect(await namesOf(runbook, [join(root, 'more.yaml')])).toEqual(['top', 'near', 'given']);
    // Given twice, it applies once.
    expect(await namesOf(runbook, [join(root, 'repo/runbook.policy.yaml')])).toEqual(['top', 'near']);
  });

  test('without a repository, those of all folders above it', async () => {
    const root = tree({ 'runbook.policy.yaml': named('top'), 'a/x': '' });
    expect(await namesOf(join(root, 'a/cutover.yaml'))).toEqual(['top']);
  });

  test('a link that leads nowhere is not passed over', async () => {
    const root = tree({ '.git/HEAD': '' });
    symlinkSync('gone.yaml', join(root, 'runbook.policy.yaml'));
    await expect(policiesOf(join(root, 'r.yaml'))).rejects.toThrow('RB101');
  });

  test('a name that would be overlooked is refused, and so is one that is given and not there', async () => {
    const root = tree({ '.git/HEAD': '', 'runbook.policy.yml': named('x') });
    await expect(policiesOf(join(root, 'r.yaml'))).rejects.toThrow('RB682');
    await expect(policiesOf(join(root, '.git/r.yaml'), [join(root, 'gone.yaml')])).rejects.toThrow('RB');
  });
});

test.each([
  [
    'rules: [{ name: a, message: m, that: "plan.nam == 1 && plan.steps.all(s, s.vrify.size() > 0)" }]',
    'RB307  The types do not match: there is no field "nam"; did you mean "name"',
  ],
  [
    'rules: [{ name: a, message: m, that: "t0.getHours(\'Europe/Paris\') < 6" }]',
    'RB682  getHours() with a time zone',
  ],
  [
    'rules: [{ name: a, message: m, that: "local(t0, \'Paris\').hour < 6" }]',
    'RB682  "Paris" is not a time zone',
  ],
  [
    "rules: [{ name: a, message: m, that: \"within(t0, t0, 'Sonntag', 'UTC')\" }]",
    'RB682  "Sonntag" is not a span',
  ],
  ['rules: [{ name: a, message: m, that: "plan.name" }]', 'RB318  `that` must be true or false'],
  ['rules: [{ name: a, message: m, that: "steps.size() > 0" }]', 'RB302  Unknown name "steps"'],
  ['rules: [{ name: a, message: m, that: "${{ true }}" }]', 'RB301'],
  ['rules: [{ name: a, message: m, that: "plan.name.matches(\'a+\')" }]', 'RB311'],
  ['rules: [{ name: a, message: m, that: "plan.name ==" }]', 'RB301'],
  ['rules: [{ name: a, message: m, that: "true", when: "plan.name" }]', 'RB318  `when` must be'],
  ['rules: [{ name: a, message: m, that: "true", wen: "true" }]', 'RB201  Unknown key "wen"'],
  ['rules: [{ name: a, that: "true" }]', 'RB202'],
  ['rules: [{ name: a, message: m, that: "true", level: fatal }]', 'RB204'],
  [
    'rules: [{ name: a, message: m, that: "true" }, { name: a, message: m, that: "true" }]',
    'RB682  Two rules have the name "a"',
  ],
  ['lint: { RB701: of }', 'RB204'],
  ['lint: { RB701: error, RB7O1: off }', 'RB682  "RB7O1" is not the code of a lint rule'],
  ['rules: []', 'RB203'],
  ['{}', 'RB'],
])('refused, with its place: %s', (text, expected) => {
  const load = () => loadPolicy(`version: 1\n${text === '{}' ? '' : text}\n`, 'runbook.policy.yaml');
  expect(load).toThrow(DiagnosticError);
  try {
    load();
  } catch (error) {
    const shown = (error as DiagnosticError).diagnostics.map((d) => renderDiagnostic(d, { color: false }));
    expect(shown.join('\n')).toContain(expected);
    for (const each of shown) expect(each).toMatch(/^runbook\.policy\.yaml:\d+:\d+ {2}RB/);
  }
});
