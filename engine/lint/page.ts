/** The page of a rule as Markdown: for `explain`, and for formats that carry it. */
import type { Rule } from './rule.ts';

const fenced = (text: string): string => `\`\`\`yaml\n${text.trimEnd()}\n\`\`\``;

export const pageOf = (rule: Rule): string => {
  const { code, name, level, page } = rule;
  return [
    `# ${code} ${name} (${level})`,
    `${page.what}.`,
    `## Why\n\n${page.why}`,
    `## Bad\n\n${fenced(page.bad)}`,
    `## Good\n\n${fenced(page.good)}`,
    [
      `Another level, or off, for a whole team: \`lint: { ${code}: off }\` in \`runbook.policy.yaml\`.`,
      `One place only, with its reason: \`# runbook-ignore ${code}: the reason\` on the line or the line above.`,
    ].join('\n'),
  ].join('\n\n');
};
