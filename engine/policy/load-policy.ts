/** The text of a `runbook.policy.yaml` as a policy, or every problem of it at once. */
import { hash } from 'node:crypto';
import * as z from 'zod';
import { parseYaml } from '../load/parse-yaml.ts';
import { Problems } from '../load/problems.ts';
import { line } from '../load/schema/values.ts';
import { parseSection } from '../load/section.ts';
import type { YamlSource } from '../load/yaml-source.ts';
import { checkExpression } from './check.ts';
import type { Policy, PolicyRule } from './policy.ts';

const level = z.enum(['note', 'warning', 'error']);
const expression = z.string().min(1);

const rule = z.strictObject({
  name: line,
  that: expression,
  message: line,
  level: level.optional(),
  when: expression.optional(),
});

const document = z.strictObject({
  version: z.literal(1),
  rules: z.array(rule).min(1).optional(),
  lint: z.record(z.string(), z.enum(['off', ...level.options])).optional(),
});

/** @param file as it is named in messages. Throws DiagnosticError. */
export const loadPolicy = (text: string, file: string): Policy => {
  const problems = new Problems();
  const { source, value } = parseYaml(text, file, problems);
  problems.throwIfAny();
  const parsed = parseSection(document, value, { source, problems, path: [], label: 'the policy' });
  const rules = (parsed?.rules ?? []).map((given, i) => compiled(given, i, source, problems));
  rules.forEach(({ name, position }, i) => {
    if (rules.findIndex((other) => other.name === name) === i) return;
    const why = `Two rules have the name "${name}"`;
    problems.add('RB682', { why, remedy: 'Give each rule a name of its own' }, position);
  });
  const lint = Object.entries(parsed?.lint ?? {}).map(([code, given]) => ({
    code,
    level: given,
    position: source.key(['lint', code]),
  }));
  for (const { code, position } of lint)
    if (!/^RB\d{3}$/.test(code)) {
      const why = `"${code}" is not the code of a lint rule`;
      problems.add('RB682', { why, remedy: 'Write a code like RB701' }, position);
    }
  if (problems.count === 0 && rules.length === 0 && lint.length === 0) {
    const why = 'The policy has neither rules nor lint levels';
    problems.add('RB682', { why, remedy: 'Add `rules` or `lint`, or remove the file' }, source.value([]));
  }
  problems.throwIfAny();
  return { file, digest: `sha256:${hash('sha256', text)}`, rules, lint };
};

const compiled = (
  { name, that, message, level = 'error', ...given }: z.output<typeof rule>,
  index: number,
  source: YamlSource,
  problems: Problems,
): PolicyRule => {
  const when = given.when ?? null;
  const readsT0 = { that: false, when: false };
  for (const [field, expr] of [
    ['that', that],
    ['when', when],
  ] as const) {
    if (expr === null) continue;
    const checked = checkExpression(expr, field);
    readsT0[field] = checked.readsT0;
    for (const { diagnostic, start, end } of checked.flaws)
      problems.addDiagnostic(diagnostic, source.within(['rules', index, field], { start, end, open: null }));
  }
  const position = source.value(['rules', index, 'name']);
  return { name, that, when, message, level, readsT0, position };
};
