/** What the policies say of lint rules: the strictest of all files counts. */
import { nearest } from '../diagnostics/near.ts';
import { choose } from '../diagnostics/remedies.ts';
import type { Remark } from '../review/remark.ts';
import type { LintLevel, LintSetting, Policy } from './policy.ts';

const strictness: Record<LintLevel, number> = { off: 0, note: 1, warning: 2, error: 3 };

export const isStricter = (a: LintLevel, b: LintLevel): boolean => strictness[a] > strictness[b];

export interface LintLevels {
  readonly levels: ReadonlyMap<string, LintSetting>;
  /** Settings that have no effect, as another policy is stricter. */
  readonly remarks: readonly Remark[];
}

export const lintLevels = (policies: readonly Policy[]): LintLevels => {
  const levels = new Map<string, LintSetting>();
  const settings = policies.flatMap(({ lint }) => lint);
  for (const setting of settings) {
    const known = levels.get(setting.code);
    if (known === undefined || isStricter(setting.level, known.level)) levels.set(setting.code, setting);
  }
  const remarks = settings.flatMap((setting) => {
    const kept = levels.get(setting.code);
    return kept && isStricter(kept.level, setting.level) ? [hasNoEffect(setting, kept)] : [];
  });
  return { levels, remarks };
};

/** A code that no rule has would be set for nothing: most likely it is misspelt. */
export const unknownLintCodes = (policies: readonly Policy[], known: readonly string[]): readonly Remark[] =>
  policies
    .flatMap(({ lint }) => lint)
    .filter(({ code }) => !known.includes(code))
    .map((setting) => ({
      ...atSetting(setting),
      code: 'RB754',
      level: 'warning',
      message: `There is no lint rule ${setting.code}`,
      remedy: choose(nearest(setting.code, known), 'Rules', known, 'There is none'),
    }));

const atSetting = ({ position: { file, line, col, length } }: LintSetting) => ({
  file,
  region: { line, col, endCol: col + length },
  step: null,
});

const hasNoEffect = (setting: LintSetting, kept: LintSetting): Remark => ({
  ...atSetting(setting),
  code: 'RB753',
  level: 'warning',
  message: `${setting.code}: ${setting.level} has no effect: ${kept.position.file}:${kept.position.line} sets it to ${kept.level}`,
  remedy: 'The strictest of all policies counts. Remove this line, or change the other one',
});
