/** One call of a step type, before and after: an act, a check, an act of an undo, what a watch measures. */
import type { Json, PlanAct } from '../plan.ts';
import { span } from '../words/format.ts';
import type { Danger, Kind } from './change.ts';
import { dangerousWords } from './dangerous-words.ts';
import { compareConditions, type Rename } from './expressions.ts';
import type { Found } from './found.ts';
import { isChoice, lessStrict, ofChoice, protection, stricter, type Verdict, voided } from './protections.ts';
import { compareUntil } from './until.ts';
import { changedValues, isCommand, meaningOf, pathText, shownValue, type ValueChange } from './values.ts';

/** What both sides of a call stand in. */
export interface Around {
  readonly rename: Rename;
  /** Whether a var whose value changed explains this; the var is told once, not at each place. */
  explained(before: Json | undefined, after: Json | undefined): boolean;
}

export interface Judged {
  /** Kind for what has no kind of its own; undefined: by what it is. */
  readonly kind?: Kind;
  /** Before each `what`: `verify 2`. Empty: the act of the step itself. */
  readonly label: string;
}

export const callText = (act: PlanAct): string => `${act.type}: ${act.preview.replace(/\s+/g, ' ')}`;

/** Equal texts mean the same, time limits and messages aside. */
export const callMeaning = (act: PlanAct, rename: Rename): string =>
  meaningOf(
    { type: act.type, with: act.with, runOn: act.runOn, target: act.target, effects: act.effects },
    rename,
  );

export const compareCalls = (
  was: PlanAct,
  is: PlanAct,
  judged: Judged,
  found: Found,
  around: Around,
): void => {
  const label = (what: string): string => (judged.label === '' ? what : `${judged.label}: ${what}`);
  const writes = was.effects === 'write' || is.effects === 'write';
  if (was.type !== is.type) {
    found.add(judged.kind ?? 'input', writes ? 'high' : 'medium', {
      what: label('type'),
      before: callText(was),
      after: callText(is),
      reason: writes ? 'The step does something else' : 'Something else is read',
    });
    return;
  }
  if (was.effects !== is.effects)
    found.add(judged.kind ?? 'input', is.effects === 'read' ? 'high' : 'medium', {
      what: label('effects'),
      before: was.effects,
      after: is.effects,
      reason:
        is.effects === 'read'
          ? 'It counts as a read now: it is not undone, and after a timeout it is run again'
          : 'It counts as a write now: it is undone by a rollback, and an unknown outcome holds the run',
    });
  compareWhere(was, is, { label, writes, kind: judged.kind ?? 'place' }, found);
  for (const change of changedValues(was.with, is.with, around.rename, ['with']))
    judgeInput(change, { writes, label, kind: judged.kind }, found, around);
  compareUntil(was.until, is.until, label, found, around.rename);
  compareLimits(was, is, { label, writes }, found);
  if (was.message !== is.message)
    found.add('text', 'none', {
      what: label('message'),
      before: was.message ?? undefined,
      after: is.message ?? undefined,
      reason: 'Only what people read when it fails',
    });
};

interface Shown {
  label(what: string): string;
  readonly writes: boolean;
}

const compareWhere = (
  was: PlanAct,
  is: PlanAct,
  { label, writes, kind }: Shown & { kind: Kind },
  found: Found,
) => {
  const danger: Danger = writes ? 'high' : 'medium';
  if (was.runOn !== is.runOn)
    found.add(kind, danger, {
      what: label('run_on'),
      before: was.runOn,
      after: is.runOn,
      reason: writes
        ? 'It changes another place'
        : 'It looks from another place, which may see something else',
    });
  if (was.target !== is.target)
    found.add(kind, danger, {
      what: label('target'),
      before: was.target ?? undefined,
      after: is.target ?? undefined,
      reason: writes ? 'It changes another service' : 'It reads another service',
    });
};

const judgeInput = (
  change: ValueChange,
  { writes, label, kind }: Shown & { readonly kind: Kind | undefined },
  found: Found,
  { rename, explained }: Around,
): void => {
  const { before, after } = change;
  const verdict =
    protection(change) ?? voided(change) ?? (writes ? writeInput(change, rename) : readInput(change, rename));
  // The var that explains it does not know that a check lives on it.
  if (explained(before, after) && !(verdict[0] === 'expectation' && verdict[1] === 'high')) return;
  found.add(kind ?? verdict[0], verdict[1], {
    what: label(pathText(change.path)),
    before,
    after,
    reason: verdict[2],
  });
};

const words = (value: Json | undefined): string =>
  Array.isArray(value) ? value.map(shownValue).join(' ') : shownValue(value);

const writeInput = (change: ValueChange, rename: Rename): Verdict => {
  const { path, before, after } = change;
  const command = path.some((_, i) => isCommand(path.slice(0, i + 1)));
  const demand = isExpectation(path) || isDemandOfWrite(path);
  const kind = command ? 'command' : demand ? 'expectation' : 'input';
  const dangerous = dangerousWords(words(before), words(after));
  if (dangerous !== null) return [kind, 'high', dangerous];
  if (kind === 'expectation') return readInput(change, rename);
  if (command && path.includes('probe'))
    return [kind, 'medium', 'After an interruption it is decided otherwise whether the step has happened'];
  return [
    kind,
    'medium',
    command
      ? 'A command that changes something does something else'
      : 'A step that changes something has another input',
  ];
};

const isExpectation = (path: readonly (string | number)[]): boolean =>
  path.some((key) => /^(expect|expect_\w+|ok_exit_codes|min_\w+|max_\w+)$/.test(String(key)));

/** Lists of what is not looked at. */
const isExclusion = (path: readonly (string | number)[]): boolean =>
  path.some((key) => /^(ignore\w*|exclude\w*|except|skip\w*|allow\w*|ok_exit_codes)$/.test(String(key)));
const isLower = (key: string): boolean =>
  /^(min|least)|_(min|least)$|^at_least|^(rows|affected|count|expect_count|samples)$/.test(key);
const isUpper = (key: string): boolean =>
  /^(max|limit|tolerance|most)|(max|limit|tolerance|most)$|^at_most|allowed/.test(key);

/** A limit as a number: `0.01`, `90` and `1m30s`. */
const sizeOf = (value: Json | undefined): number | null => {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return null;
  if (/^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  const units: Record<string, number> = { d: 86_400, h: 3600, m: 60, s: 1, ms: 0.001 };
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ms|[dhms])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== value) return null;
  return parts.reduce((sum, [, n, unit]) => sum + Number(n) * (units[unit ?? ''] ?? 0), 0);
};

const readInput = (change: ValueChange, rename: Rename): Verdict => {
  const { path, before, after, item } = change;
  const key = path.filter((part) => typeof part === 'string').at(-1) ?? '';
  if (isExclusion(path)) {
    if (after === undefined || lengthOf(after) < lengthOf(before)) return stricter;
    return ['expectation', 'high', 'The check looks at less than before'];
  }
  if (isChoice(path)) return ofChoice(change);
  const [was, is] = [sizeOf(before), sizeOf(after)];
  const upper = path.some((part) => isUpper(String(part)));
  if (upper && (is === null || was === null) && (before === undefined || after === undefined)) {
    const loosened = /tolerance/.test(pathText(path)) ? before === undefined : after === undefined;
    return loosened ? lessStrict : stricter;
  }
  if (was !== null && is !== null) {
    if (upper)
      return is > was ? ['expectation', 'high', 'A limit was raised: the check tolerates more'] : stricter;
    if (isLower(key) || isExpectation(path)) {
      if (is < was)
        return ['expectation', 'high', 'A lower number is expected: the check is satisfied by less'];
      return isLower(key) && !path.includes('expect')
        ? stricter
        : ['expectation', 'medium', 'Another number is expected'];
    }
  }
  const [a, b] = [expressionIn(before), expressionIn(after)];
  if (a !== null && b !== null) {
    const strength = compareConditions(a, b, rename);
    if (strength === 'weaker') return lessStrict;
    if (strength === 'stronger') return stricter;
    return ['expectation', 'medium', 'The condition is another one; it may demand less'];
  }
  if (after === undefined && (item || isExpectation(path) || isDemand(key)))
    return [
      'expectation',
      'high',
      item ? 'The check looks at less than before' : 'The check no longer demands this',
    ];
  if (path.includes('where'))
    return [
      'expectation',
      before === undefined ? 'high' : 'medium',
      'The check looks at other rows than before',
    ];
  if (before === undefined && (item || isExpectation(path) || isDemand(key))) return stricter;
  const dangerous =
    path.some((_, i) => isCommand(path.slice(0, i + 1))) && dangerousWords(words(before), words(after));
  if (dangerous) return ['command', 'high', dangerous];
  if (path.some((_, i) => isCommand(path.slice(0, i + 1))))
    return ['command', 'medium', 'Something else is read, so that the same result may mean something else'];
  return [
    isExpectation(path) || isDemand(key) ? 'expectation' : 'input',
    'medium',
    'A check looks at something else than before',
  ];
};

/** What a write demands of what it takes and of what comes back; not the input of the same name. */
const isDemandOfWrite = (path: readonly (string | number)[]): boolean =>
  !path.includes('undo') && /^(status|body_contains|json|sha256)$/.test(String(path[1]));

/** Keys by which step types demand something of what they read. */
const isDemand = (key: string): boolean =>
  /^(status|body_contains|json|value|fail_on|that|all|sha256|commit)$/.test(key);

const lengthOf = (value: Json | undefined): number =>
  Array.isArray(value) ? value.length : value === undefined ? 0 : 1;

const expressionIn = (value: Json | undefined): string | null => {
  const expr = (value as { readonly $expr?: unknown } | null | undefined)?.$expr;
  return typeof expr === 'string' ? expr : null;
};

const compareLimits = (was: PlanAct, is: PlanAct, { label, writes }: Shown, found: Found): void => {
  const time = (what: string, before: number, after: number, shorter: string, longer: string) => {
    if (before === after) return;
    const danger: Danger = after < before && writes ? 'medium' : 'low';
    found.add('attempts', danger, {
      what: label(what),
      before: span(before),
      after: span(after),
      reason: after < before ? shorter : longer,
    });
  };
  time(
    'timeout',
    was.timeoutMs,
    is.timeoutMs,
    'It is cut off earlier, perhaps in the middle',
    'A failure is noticed later',
  );
  time(
    'kill_grace',
    was.killGraceMs,
    is.killGraceMs,
    'It has less time to end cleanly',
    'It has more time to end cleanly',
  );
  const [a, b] = [was.retry, is.retry];
  if (a.limit !== b.limit)
    found.add('attempts', b.limit > a.limit ? 'medium' : 'low', {
      what: label('retry.limit'),
      before: a.limit,
      after: b.limit,
      reason:
        b.limit > a.limit
          ? writes
            ? 'What changes something is repeated more often after a failure'
            : 'It may fail more often before it counts as failed: what works only now and then passes sooner'
          : 'It fails sooner',
    });
  if (a.intervalMs !== b.intervalMs || a.backoff !== b.backoff)
    found.add('attempts', 'low', {
      what: label('retry.interval'),
      before: `${span(a.intervalMs)}, backoff ${a.backoff}`,
      after: `${span(b.intervalMs)}, backoff ${b.backoff}`,
      reason: 'Only the time between attempts changes',
    });
};
