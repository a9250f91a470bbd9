/** A short page of a diagnostic: the shape of its message, with `<name>` for what each case fills in. */
import type { Rule } from '../review/view.ts';
import type { Entry } from './entry.ts';
import { catalogue } from './index.ts';

/** Stands for any value: a text, a list of one text, a map of such. */
const placeholder = (name: string): unknown => {
  const shown = `<${name}>`;
  const list = [shown];
  return new Proxy(list, {
    get: (target, key) => {
      if (key === Symbol.toPrimitive || key === 'toString') return () => shown;
      if (key === 'toJSON') return () => shown;
      if (key in target) return Reflect.get(target, key);
      const ofText = Reflect.get(Object(shown), key);
      if (typeof ofText === 'function') return (ofText as (...given: unknown[]) => unknown).bind(shown);
      return typeof key === 'string' ? placeholder(key) : undefined;
    },
  });
};

const anyData = new Proxy({}, { get: (_, key) => placeholder(String(key)) });
/** For what wants a real value, such as a time, unless there is none. */
const noData = new Proxy({}, { get: () => null });

/** null: it cannot be made without the case itself. What a table of the message holds is left open. */
const shapeOf = (make: (data: unknown) => string | null): string | null => {
  for (const data of [anyData, noData])
    try {
      return make(data)?.replaceAll(/undefined|NaN|null/g, '...') ?? null;
    } catch {}
  return null;
};

const ends = {
  1: 'The run is held and can be resumed (exit 1).',
  2: 'Nothing was started (exit 2).',
  3: 'The run waits for a person (exit 3).',
  4: 'The run was not touched (exit 4).',
} as const;

export const diagnosticPage = (code: keyof typeof catalogue): Rule => {
  const { message, remedy, exit } = catalogue[code] as Entry<unknown>;
  const title = shapeOf(message) ?? 'The message names the case';
  const action = shapeOf(remedy);
  const help = [`# ${code}`, `${title}.`, ...(action === null ? [] : [`What to do: ${action}.`]), ends[exit]];
  return { title, help: help.join('\n\n'), level: 'error' };
};
