/** What a change of the policies lets through that they refused before. */
import { type ASTNode, serialize } from '@marcbachmann/cel-js';
import type { Level, Region } from '../review/remark.ts';
import { judgeEnvironment } from './environments.ts';
import { isStricter, lintLevels } from './lint-levels.ts';
import type { LintSetting, Policy, PolicyRule } from './policy.ts';

export interface PolicyChange {
  readonly kind: 'added' | 'removed' | 'loosened' | 'tightened' | 'changed';
  /** `high`: a plan that was refused may pass now. `low`: it is stricter. */
  readonly danger: 'high' | 'low';
  /** Of the policy, after the change where it still exists. */
  readonly file: string;
  readonly region: Region;
  /** One sentence without a full stop. */
  readonly message: string;
  /** As written; null: not there. */
  readonly before: string | null;
  readonly after: string | null;
}

/** Of the policies that apply to one runbook. Rules are matched by file and name, lint levels by code. */
export const policyChanges = (
  before: readonly Policy[],
  after: readonly Policy[],
): readonly PolicyChange[] => [
  ...pairedRules(before, after).flatMap(([was, is]) => ruleChanges(was, is)),
  ...paired(lintOf(before), lintOf(after)).flatMap(([was, is]) => lintChanges(was, is)),
];

type Pair<T> = readonly [T | undefined, T | undefined];

/** By name and file; then by name alone, for a rule that moved to another file. */
const pairedRules = (before: readonly Policy[], after: readonly Policy[]): readonly Pair<PolicyRule>[] => {
  const was = before.flatMap(({ rules }) => rules);
  const left = new Set(after.flatMap(({ rules }) => rules));
  const take = (isIt: (rule: PolicyRule) => boolean): PolicyRule | undefined => {
    const found = [...left].find(isIt);
    if (found) left.delete(found);
    return found;
  };
  const inPlace = new Map(
    was.map((rule) => [
      rule,
      take(({ name, position }) => name === rule.name && position.file === rule.position.file),
    ]),
  );
  const pairs = was.map(
    (rule): Pair<PolicyRule> => [rule, inPlace.get(rule) ?? take(({ name }) => name === rule.name)],
  );
  return [...pairs, ...[...left].map((rule): Pair<PolicyRule> => [undefined, rule])];
};

/** The strictest counts, so that removing one that is not the strictest changes nothing. */
const lintOf = (policies: readonly Policy[]) => lintLevels(policies).levels;

const paired = <T>(was: ReadonlyMap<string, T>, is: ReadonlyMap<string, T>) =>
  [...new Set([...was.keys(), ...is.keys()])].map((key): Pair<T> => [was.get(key), is.get(key)]);

const placeOf = ({ position }: PolicyRule | LintSetting) => ({
  file: position.file,
  region: { line: position.line, col: position.col, endCol: position.col + position.length },
});

const ruleChanges = (was: PolicyRule | undefined, is: PolicyRule | undefined): readonly PolicyChange[] => {
  const at = is ?? was;
  if (at === undefined) return [];
  const change = (
    kind: PolicyChange['kind'],
    danger: PolicyChange['danger'],
    message: string,
    before: string | null,
    after: string | null,
  ): PolicyChange => ({
    kind,
    danger,
    ...placeOf(at),
    message: `Policy "${at.name}" ${message}`,
    before,
    after,
  });

  if (is === undefined) return [change('removed', 'high', 'was removed', at.that, null)];
  if (was === undefined) return [change('added', 'low', 'was added', null, is.that)];
  const found: PolicyChange[] = [];
  if (isStricter(was.level, is.level)) {
    const refused = was.level === 'error' ? 'no longer refuses a run: it ' : '';
    const message = `${refused}is now of level ${is.level}, not ${was.level}`;
    found.push(change('loosened', 'high', message, was.level, is.level));
  }
  if (isStricter(is.level, was.level))
    found.push(
      change('tightened', 'low', `is now of level ${is.level}, not ${was.level}`, was.level, is.level),
    );
  const that = compare(was.that, is.that);
  if (that !== 'same') found.push(change(...wordsOf[that], was.that, is.that));
  const when = compareWhen(was.when, is.when);
  if (when !== 'same') found.push(change(...whenWords[when], was.when, is.when));
  return found;
};

type Comparison = 'same' | 'looser' | 'stricter' | 'other';
type Words = readonly [PolicyChange['kind'], PolicyChange['danger'], string];

const wordsOf: Record<Exclude<Comparison, 'same'>, Words> = {
  looser: ['loosened', 'high', 'allows more than before'],
  stricter: ['tightened', 'low', 'demands more than before'],
  other: ['changed', 'high', 'demands something else than before'],
};

const whenWords: Record<Exclude<Comparison, 'same'>, Words> = {
  looser: ['loosened', 'high', 'applies to fewer runbooks than before'],
  stricter: ['tightened', 'low', 'applies to more runbooks than before'],
  other: ['changed', 'high', 'applies to other runbooks than before'],
};

/** Each part of `a && b`, or of `a || b`, as text of one style. */
const partsOf = (expr: string, op: '&&' | '||'): ReadonlySet<string> => {
  const parts = new Set<string>();
  const visit = (node: ASTNode): void => {
    if (node.op === op) for (const arg of node.args) visit(arg);
    else parts.add(serialize(node));
  };
  visit(judgeEnvironment().parse(expr).ast);
  return parts;
};

const isWithin = (some: ReadonlySet<string>, all: ReadonlySet<string>): boolean =>
  [...some].every((part) => all.has(part));

/** What can be said without doubt: a condition more, an alternative more. All else is `other`. */
const compare = (was: string, is: string): Comparison => {
  const [wasAll, isAll] = [partsOf(was, '&&'), partsOf(is, '&&')];
  if (isWithin(wasAll, isAll)) return isWithin(isAll, wasAll) ? 'same' : 'stricter';
  if (isWithin(isAll, wasAll)) return 'looser';
  const [wasAny, isAny] = [partsOf(was, '||'), partsOf(is, '||')];
  if (isWithin(wasAny, isAny)) return 'looser';
  return isWithin(isAny, wasAny) ? 'stricter' : 'other';
};

/** A narrower `when` is a looser rule. */
const compareWhen = (was: string | null, is: string | null): Comparison => {
  if (was === is) return 'same';
  if (was === null) return 'looser';
  if (is === null) return 'stricter';
  const compared = compare(was, is);
  if (compared === 'looser') return 'stricter';
  return compared === 'stricter' ? 'looser' : compared;
};

const lintChanges = (was: LintSetting | undefined, is: LintSetting | undefined): readonly PolicyChange[] => {
  const at = is ?? was;
  if (at === undefined || was?.level === is?.level) return [];
  const change = (kind: PolicyChange['kind'], danger: PolicyChange['danger'], message: string) => ({
    kind,
    danger,
    ...placeOf(at),
    message: `Lint rule ${at.code} ${message}`,
    before: was?.level ?? null,
    after: is?.level ?? null,
  });
  if (is === undefined) {
    // Its own level may be any: only what was off cannot become looser.
    return was?.level === 'off'
      ? [change('tightened', 'low', 'is no longer turned off')]
      : [change('removed', 'high', `is no longer set to ${was?.level}`)];
  }
  if (was === undefined) {
    const stricter = is.level === 'error';
    return [
      change(stricter ? 'tightened' : 'changed', stricter ? 'low' : 'high', `is now set to ${is.level}`),
    ];
  }
  return isStricter(is.level, was.level)
    ? [change('tightened', 'low', `is now ${levelWord(is.level)}, not ${levelWord(was.level)}`)]
    : [change('loosened', 'high', `is now ${levelWord(is.level)}, not ${levelWord(was.level)}`)];
};

const levelWord = (level: Level | 'off'): string => (level === 'off' ? 'turned off' : `of level ${level}`);
