import { expect, test } from 'vitest';
import { knownCodes, ruleOf } from '../../../engine/cli/explained.ts';
import { allRules } from '../../../engine/lint/rules/index.ts';
import { inProcess } from '../../support/in-process.ts';

const runbook = (argv: readonly string[]) => inProcess(argv, { cwd: process.cwd() });

test('each code has a page, and no code is used twice', () => {
  const codes = knownCodes();
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes.filter((code) => ruleOf(code) === null)).toEqual([]);
  expect(ruleOf('RB999')).toBeNull();
});

test('the page of a rule, in any case of letters', async () => {
  const { code, stdout } = await runbook(['explain', 'rb720']);
  expect(code).toBe(0);
  expect(stdout).toContain('# RB720 force-push (warning)');
  expect(stdout).toContain('## Bad');
  expect(stdout).toContain('runbook-ignore RB720');
});

test('without a code: the list of the lint rules', async () => {
  const { code, stdout } = await runbook(['explain']);
  expect(code).toBe(0);
  expect(stdout.trim().split('\n').length).toBe(allRules.length);
  expect(stdout).toMatch(/^RB720\s+warning\s+`git push --force`/m);
});

test('an unknown code: the nearest, exit 2', async () => {
  const { code, stderr } = await runbook(['explain', 'RB7201']);
  expect(code).toBe(2);
  expect(stderr).toContain('RB676');
  expect(stderr).toContain('Did you mean RB720?');
});
