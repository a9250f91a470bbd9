import { entry } from './entry.ts';
import { habitOfKey, habitOfType } from './habits.ts';
import { choose } from './remedies.ts';

/** RB20x, RB21x: the shape of single values. */
export const loadSchema = {
  RB201: entry<{ key: string; where: string; near: string | null; allowed: readonly string[] }>({
    exit: 2,
    message: ({ key, where }) => `Unknown key "${key}" in ${where}`,
    remedy: ({ key, near, allowed }) => {
      const habit = habitOfKey(key);
      const known = choose(habit === null ? near : null, 'Allowed', allowed, 'No key is allowed here');
      return habit === null ? known : `${habit}.  ${known}`;
    },
  }),
  RB202: entry<{ key: string; where: string; expected: string }>({
    exit: 2,
    message: ({ key, where, expected }) => `Missing key "${key}" in ${where}: ${expected} was expected`,
    remedy: ({ key }) => `Add "${key}"`,
  }),
  RB203: entry<{ what: string; why: string; remedy?: string | null }>({
    exit: 2,
    message: ({ what, why }) => `${what}: ${why}`,
    remedy: ({ remedy }) => remedy ?? null,
  }),
  RB204: entry<{ what: string; got: string; near: string | null; allowed: readonly string[] }>({
    exit: 2,
    message: ({ what, got }) => `${what} cannot be ${got}`,
    remedy: ({ near, allowed }) => choose(near, 'Allowed', allowed, 'No value is allowed'),
  }),
  RB205: entry<{ got: string }>({
    exit: 2,
    message: ({ got }) => `This engine reads version 1 of the runbook format, not ${got}`,
    remedy: () => 'Write `version: 1`, or use an engine that knows the other version',
  }),
  RB206: entry<{ type: string; near: string | null; known: readonly string[] }>({
    exit: 2,
    message: ({ type }) => `There is no step type "${type}"`,
    remedy: ({ type, near, known }) => {
      const habit = habitOfType(type);
      const others = choose(habit === null ? near : null, 'Known', known, 'No step type is installed');
      return habit === null ? others : `${habit}.  ${others}`;
    },
  }),
  RB207: entry<{ type: string; near: string | null; known: readonly string[] }>({
    exit: 2,
    message: ({ type }) => `There is no target type "${type}"`,
    remedy: ({ near, known }) => choose(near, 'Known', known, 'No target type is installed'),
  }),
  RB208: entry<{ got: string; why: string }>({
    exit: 2,
    message: ({ got, why }) => `"${got}" is not a duration: ${why}`,
    remedy: () => 'Write it as "30s", "5m" or "1h30m"',
  }),
  RB209: entry<{ got: string; why: string }>({
    exit: 2,
    message: ({ got, why }) => `"${got}" is not an offset from T0: ${why}`,
    remedy: () => 'Write it as "T-30m", "T0" or "T+1h30m"',
  }),
  RB210: entry<{ kind: string; name: string; rule: string }>({
    exit: 2,
    message: ({ kind, name, rule }) => `"${name}" cannot be the name of a ${kind}: ${rule}`,
    remedy: () => 'Rename it',
  }),
  RB211: entry<{ id: string; firstLine: number }>({
    exit: 2,
    message: ({ id, firstLine }) => `The step id "${id}" is already used by the step on line ${firstLine}`,
    remedy: () => 'Give each step its own id: the journal and outputs use it',
  }),
  RB212: entry<{ kind: string; name: string; near: string | null; known: readonly string[] }>({
    exit: 2,
    message: ({ kind, name }) => `There is no ${kind} "${name}"`,
    remedy: ({ kind, near, known }) => choose(near, 'Known', known, `The runbook declares no ${kind}`),
  }),
} as const;
