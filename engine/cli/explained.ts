/** The page of every code there is: of lint rules, of policies, of a diff, of diagnostics. */

import { catalogue } from '../diagnostics/index.ts';
import { diagnosticPage } from '../diagnostics/page.ts';
import { diffCodes, diffRule } from '../diff/remarks.ts';
import { pageOf } from '../lint/page.ts';
import { allRules } from '../lint/rules/index.ts';
import { policyPages } from '../policy/pages.ts';
import type { Rule } from '../review/view.ts';

const lintRules = new Map(allRules.map((rule) => [rule.code, rule]));

/** null: no such code. */
export const ruleOf = (code: string): Rule | null => {
  const rule = lintRules.get(code);
  if (rule) return { title: rule.page.what, help: pageOf(rule), level: rule.level };
  const policy = policyPages[code];
  if (policy) return { ...policy, help: `# ${code} ${policy.title} (${policy.level})\n\n${policy.help}` };
  const diff = diffRule(code);
  if (diff) return diff;
  return Object.hasOwn(catalogue, code) ? diagnosticPage(code as keyof typeof catalogue) : null;
};

export const knownCodes = (): readonly string[] =>
  [...lintRules.keys(), ...Object.keys(policyPages), ...diffCodes, ...Object.keys(catalogue)].sort();
