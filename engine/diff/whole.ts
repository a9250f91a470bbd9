/** What stands around the steps, before and after: window, vars, secrets, targets, people. */
import type { Json, Plan, SecretSource } from '../plan.ts';
import { offset } from '../words/format.ts';
import type { Around } from './call.ts';
import type { Danger } from './change.ts';
import { dangerousWords } from './dangerous-words.ts';
import { asWritten } from './expressions.ts';
import type { Found } from './found.ts';
import { changedValues, pathText, shownValue, type ValueChange } from './values.ts';

export const compareWhole = (was: Plan, is: Plan, found: Found, around: Around): void => {
  if (was.name !== is.name)
    found.add('text', 'none', {
      what: 'name',
      before: was.name,
      after: is.name,
      reason: 'Only what people read',
    });
  compareWindow(was.timeline, is.timeline, found);
  compareVars(was, is, found);
  compareSecrets(was, is, found);
  compareTargets(was, is, found, around);
  compareApprovers(was, is, found);
};

const compareWindow = (was: Plan['timeline'], is: Plan['timeline'], found: Found): void => {
  const add = (what: string, before: number | null, after: number | null, danger: Danger, reason: string) =>
    found.add('window', danger, {
      what,
      ...(before !== null && { before: offset(before) }),
      ...(after !== null && { after: offset(after) }),
      reason,
    });
  const [oldStop, stop] = [was.hardStopMs, is.hardStopMs];
  if (oldStop !== stop) {
    if (stop === null)
      add(
        'hard_stop',
        oldStop,
        stop,
        'high',
        'Nothing says any more by when the run or its rollback has to be over',
      );
    else if (oldStop === null)
      add('hard_stop', oldStop, stop, 'low', 'The run or its rollback has to be over by then');
    else if (stop > oldStop)
      add('hard_stop', oldStop, stop, 'high', 'The run may take longer than was agreed');
    else add('hard_stop', oldStop, stop, 'low', 'There is less time for a rollback');
  }
  const [oldOpens, opens] = [was.opensMs, is.opensMs];
  if (oldOpens !== opens) {
    const earlier = opens === null || (oldOpens !== null && opens < oldOpens);
    add(
      'opens',
      oldOpens,
      opens,
      earlier ? 'medium' : 'low',
      earlier ? 'Steps may start earlier than was agreed' : 'Steps start later',
    );
  }
};

/** Vars, and the locals that are computed from them: each value by its path. */
const compareVars = (was: Plan, is: Plan, found: Found): void => {
  const sections = [
    ['vars', was.vars, is.vars],
    ['locals', was.locals ?? {}, is.locals ?? {}],
  ] as const;
  for (const [section, old, now] of sections)
    for (const name of new Set([...Object.keys(old), ...Object.keys(now)]))
      for (const change of changedValues(old[name], now[name], asWritten, [section, name]))
        found.add('var', ...told(section, change));
};

const told = (
  section: 'vars' | 'locals',
  { path, before, after }: ValueChange,
): readonly [Danger, { what: string; before?: Json; after?: Json; reason: string }] => {
  const what = pathText(path);
  const noun = section === 'vars' ? 'var' : 'local';
  const listed = 'what it is used for is listed with the steps';
  if (before === undefined) {
    const reason = path.length > 2 ? `A new value in the ${noun}; ${listed}` : `A new ${noun}; ${listed}`;
    return ['low', { what, ...(after !== undefined && { after }), reason }];
  }
  if (after === undefined)
    return [
      'low',
      { what, before, reason: 'It has no value any more; where it was used is listed with the steps' },
    ];
  const dangerous = dangerousWords(shownValue(before), shownValue(after));
  const isText = section === 'vars' && typeof before === 'string' && typeof after === 'string';
  const reason = isText ? 'Every step that uses it does something else' : `W${listed.slice(1)}`;
  return [
    dangerous === null ? (isText ? 'medium' : 'low') : 'high',
    { what, before, after, reason: dangerous ?? reason },
  ];
};

const sourceText = (source: SecretSource): string =>
  'env' in source
    ? `environment variable ${source.env}`
    : 'file' in source
      ? `file ${source.file}`
      : `command ${source.command.join(' ')}`;

const compareSecrets = (was: Plan, is: Plan, found: Found): void => {
  for (const name of new Set([...Object.keys(was.secrets), ...Object.keys(is.secrets)])) {
    const [before, after] = [was.secrets[name], is.secrets[name]];
    const [a, b] = [before && sourceText(before), after && sourceText(after)];
    if (a === b) continue;
    const runs = after !== undefined && 'command' in after;
    const reason =
      after === undefined
        ? 'It is not read any more'
        : runs
          ? 'This command is run where the engine runs'
          : before === undefined
            ? 'One more secret has to be there'
            : 'It is read from elsewhere, and may be another one';
    found.add('secret', runs ? 'high' : before && after ? 'medium' : 'low', {
      what: `secrets.${name}`,
      before: a,
      after: b,
      reason,
    });
  }
};

/** What says which server is the right one. */
const isIdentity = (path: string): boolean =>
  /known_hosts|host_?key|fingerprint|(^|[._])ca(_|$|\.)|tls|verify|sha256|cert/i.test(path);

const compareTargets = (was: Plan, is: Plan, found: Found, around: Around): void => {
  const written = writtenTargets(is);
  for (const name of new Set([...Object.keys(was.targets), ...Object.keys(is.targets)])) {
    const [before, after] = [was.targets[name], is.targets[name]];
    const what = `targets.${name}`;
    if (!before || !after) {
      found.add('target', 'low', {
        what: `${what} ${after ? 'added' : 'removed'}`,
        before: before && `${before.type} ${before.description}`,
        after: after && `${after.type} ${after.description}`,
        reason: 'What uses it is listed with the steps',
      });
      continue;
    }
    const danger: Danger = written.has(name) ? 'high' : 'medium';
    const elsewhere = written.has(name)
      ? 'Steps that change something reach another server'
      : 'Reads reach another server';
    if (before.type !== after.type)
      found.add('target', danger, {
        what: `${what}.type`,
        before: before.type,
        after: after.type,
        reason: elsewhere,
      });
    if (before.via !== after.via)
      found.add('target', danger, {
        what: `${what}.via`,
        before: before.via ?? 'directly',
        after: after.via ?? 'directly',
        reason: 'It is reached by another way, where its name may mean another server',
      });
    for (const change of changedValues(before.config, after.config, around.rename)) {
      const path = pathText(change.path);
      const identity = isIdentity(path);
      if (!identity && around.explained(change.before, change.after)) continue;
      found.add('target', identity ? 'high' : danger, {
        what: `${what}.${path}`,
        before: change.before,
        after: change.after,
        reason: identity ? 'Another server may be accepted as this one' : elsewhere,
      });
    }
  }
};

/** Targets that a step or an undo changes, with the places on their way. */
const writtenTargets = (plan: Plan): ReadonlySet<string> => {
  const found = new Set<string>();
  for (const step of Object.values(plan.steps)) {
    if (step.kind !== 'act') continue;
    for (const act of [step.act, ...step.undo.acts]) {
      if (act.effects !== 'write') continue;
      for (const name of [act.runOn, act.target, ...(act.uses ?? [])]) if (name !== null) found.add(name);
    }
  }
  for (const name of found) {
    const via = plan.targets[name]?.via;
    if (via) found.add(via);
  }
  return found;
};

const compareApprovers = (was: Plan, is: Plan, found: Found): void => {
  for (const id of new Set([...Object.keys(was.approvers), ...Object.keys(is.approvers)])) {
    const [before, after]: readonly (Json | undefined)[] = [was.approvers[id]?.name, is.approvers[id]?.name];
    if (before === after) continue;
    const both = before !== undefined && after !== undefined;
    found.add('approvers', both ? 'medium' : 'low', {
      what: `approvers.${id}`,
      before,
      after,
      reason: both
        ? 'Another person answers under this id'
        : 'Which gates it answers is listed with the gates',
    });
  }
};
