/** `runbook lint` of one runbook that was loaded: every rule over it, less what a comment has accepted. */
import type { Loaded } from '../load/load.ts';
import { ToldOnce } from '../load/told-once.ts';
import type { Registry } from '../registry.ts';
import type { Level, Region, Remark } from '../review/remark.ts';
import { timesOf } from '../timeline/times-of.ts';
import { gather } from './context.ts';
import { type Coded, sift } from './ignores.ts';
import type { Fix, Found } from './rule.ts';
import { commentRule, rules } from './rules/index.ts';

export interface LintOptions {
  /** By code: what is used instead of the rule's own level. */
  readonly levels: { readonly [code: string]: Level | 'off' };
}

export interface Linted {
  /** In the order of the file. */
  readonly remarks: readonly Remark[];
  /** Edits that are surely meant, of remarks that are shown. */
  readonly fixes: readonly Fix[];
}

export const lint = async (loaded: Loaded, registry: Registry, { levels }: LintOptions): Promise<Linted> => {
  const { yaml } = loaded.written;
  const levelOf = ({ code, level }: { readonly code: string; readonly level: Level }) =>
    levels[code] ?? level;
  const isOff = (code: string) => levels[code] === 'off';
  const active = rules.filter((rule) => !isOff(rule.code));
  const context = await gather(loaded, timesOf(loaded.plan), registry);
  const told = new ToldOnce();
  const found = active.flatMap((rule): readonly Coded[] =>
    [...rule.check(context)]
      .map((one) => ({ ...one, code: rule.code }))
      .filter(({ code, at }) => told.isNew(code, at)),
  );
  const { kept, wrong } = sift(
    found,
    yaml,
    rules.map(({ code }) => code),
    isOff,
  );
  const byCode = new Map([...rules, commentRule].map((rule) => [rule.code, levelOf(rule)]));
  const all = [...kept, ...wrong.map((one): Coded => ({ ...one, code: commentRule.code }))]
    .filter(({ code }) => byCode.get(code) !== 'off')
    .sort((a, b) => a.at.line - b.at.line || a.at.col - b.at.col || (a.code < b.code ? -1 : 1));
  return {
    remarks: all.map((one) => remarkOf(one, byCode.get(one.code) as Level)),
    fixes: all.flatMap(({ fix }) => fix ?? []),
  };
};

const regionOf = ({ at }: Found): Region => ({ line: at.line, col: at.col, endCol: at.col + at.length });

const remarkOf = (found: Coded, level: Level): Remark => ({
  code: found.code,
  level,
  file: found.at.file,
  region: regionOf(found),
  step: found.step,
  message: found.message,
  remedy: found.remedy,
});
