/** Which column belongs to which, and as what both are read; everything that is in doubt is a fault. Pure. */

import type { AnyColumn, ColumnPair, ComparedTable, Table } from './compared-table.ts';
import type { Family } from './family.ts';
import { type Kind, kindOf, kindsFor } from './kinds.ts';
import type { TableInput } from './step.ts';
import { toleranceOf } from './tolerance.ts';

export interface Fault {
  readonly what: string;
  readonly remedy: string;
}

export interface Matched {
  readonly key: readonly ColumnPair[];
  readonly rest: readonly ColumnPair[];
}

interface Sides extends Pick<ComparedTable, 'labels'> {
  readonly here: Table<AnyColumn>;
  readonly there: Table<AnyColumn>;
}

const listed = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

const renamed = ({ rename }: TableInput, name: string): string =>
  rename === 'lower' ? name.toLowerCase() : (rename[name] ?? name);

/** Names here, the key first. */
const wantedNames = (input: TableInput, { here }: Sides): readonly string[] => {
  const ignored = new Set(input.ignore.target);
  const own = input.columns ?? here.columns.map(({ name }) => name).filter((name) => !ignored.has(name));
  return [...new Set([...input.key, ...own])];
};

const oneSided = (input: TableInput, { labels, here, there }: Sides): readonly Fault[] => {
  if (input.columns !== undefined) return [];
  const known = new Set(here.columns.map(({ name }) => renamed(input, name)));
  const ignored = new Set(input.ignore.against);
  const extra = there.columns.filter(({ name }) => !known.has(name) && !ignored.has(name));
  if (extra.length === 0) return [];
  return [
    {
      what: `only ${labels.there} has ${listed(extra.map(({ name }) => name))}`,
      remedy: 'Map it by `rename`, or list it in `ignore.against`',
    },
  ];
};

/** Names in the runbook that no column has: a misspelt tolerance would be none. */
const unknownNames = (input: TableInput, wanted: readonly string[]): readonly Fault[] => {
  const shown = Array.isArray(input.show) ? Object.fromEntries(input.show.map((name) => [name, true])) : {};
  const rename = input.rename === 'lower' ? {} : input.rename;
  const given = { ids: input.ids, kinds: input.kinds, tolerance: input.tolerance, rename, show: shown };
  return Object.entries(given).flatMap(([key, map]) => {
    const unknown = Object.keys(map).filter((name) => !wanted.includes(name));
    return unknown.length === 0
      ? []
      : [{ what: `\`${key}\` names ${listed(unknown)}, which is not compared`, remedy: 'Correct the name' }];
  });
};

const provenElsewhere = 'List it in `ignore` on both sides, and prove it another way';

/** Whose text is the id. */
const idFamilies: ReadonlySet<Family> = new Set<Family>(['text', 'integer', 'decimal', 'uuid']);

const isPair = (found: ColumnPair | Fault): found is ColumnPair => 'kind' in found;

const pairOf = (name: string, input: TableInput, sides: Sides): ColumnPair | Fault => {
  const { labels } = sides;
  const here = sides.here.columns.find((column) => column.name === name);
  const other = renamed(input, name);
  const there = sides.there.columns.find((column) => column.name === other);
  if (!here)
    return { what: `${labels.here} has no column "${name}"`, remedy: 'Correct the name; case matters' };
  if (!there)
    return {
      what: `${labels.there} has no column "${other}"`,
      remedy: 'Map it by `rename`, or list it in `ignore.target`',
    };
  const shown = input.show === true || (Array.isArray(input.show) && input.show.includes(name));
  const entity = input.ids[name] ?? null;
  const text = input.tolerance[name];
  const tolerance = text === undefined ? null : toleranceOf(text);
  if (entity !== null) {
    if (!idFamilies.has(here.family) || tolerance !== null)
      return {
        what: `"${name}" cannot be an id of the id map`,
        remedy: 'Remove it from `ids`, or its tolerance',
      };
    return { name, kind: 'text', here, there, entity, tolerance: null, shown };
  }
  const kind = kindOf(here, there, input.kinds[name]);
  if (kind === null) {
    const could = kindsFor(here, there);
    return {
      what: `"${name}" is ${here.type} in ${labels.here} and ${there.type} in ${labels.there}, which ${input.kinds[name] === undefined ? 'have no common form' : `cannot be compared as ${input.kinds[name]}`}`,
      remedy:
        could.length > 0 ? `Say what it is: \`kinds: { ${name}: ${could.join(' | ')} }\`` : provenElsewhere,
    };
  }
  const set = [here, there].find((column) => column.of === 'mysql' && column.members === null);
  if (kind === 'set' && set)
    return {
      what: `"${name}" is ${set.type} in MySQL, of which a member is empty or has a backslash in it`,
      remedy: provenElsewhere,
    };
  const measured =
    kind === 'datetime' ? 'instant' : /^(integer|decimal|double)$/.test(kind) ? 'number' : null;
  if (tolerance !== null && tolerance.of !== measured)
    return {
      what: `"${name}" is compared as ${kind}, of which "${text}" is no distance`,
      remedy: 'A number for numbers, a duration for date and time',
    };
  return { name, kind, here, there, entity, tolerance, shown };
};

/** Two values that differ may have one form, or one value several. */
const noKey: ReadonlySet<Kind> = new Set<Kind>(['json', 'double', 'interval', 'set', 'wkb']);

const keyFaults = (key: readonly ColumnPair[], sides: Sides): readonly Fault[] => {
  const faults: Fault[] = [];
  for (const side of ['here', 'there'] as const) {
    const [server, table] = [sides.labels[side], sides[side]];
    const columns = key.map((pair) => pair[side]);
    const names = new Set(columns.map(({ name }) => name));
    const nullable = columns.filter((column) => column.nullable);
    const unique = table.uniques.some((index) => index.every((name) => names.has(name)));
    const remedy = 'Name columns that have a primary key or a unique index of NOT NULL columns';
    if (nullable.length > 0)
      faults.push({
        what: `the key ${listed(nullable.map((c) => c.name))} can be NULL in ${server}`,
        remedy,
      });
    else if (!unique)
      faults.push({ what: `the key ${listed([...names])} is not unique in ${server}`, remedy });
  }
  for (const { name, kind, tolerance } of key) {
    if (noKey.has(kind))
      faults.push({ what: `"${name}" is ${kind}, which is no key`, remedy: 'Name another key' });
    if (tolerance !== null)
      faults.push({
        what: `the key "${name}" has a tolerance`,
        remedy: 'Remove it: rows are paired by equal keys',
      });
  }
  return faults;
};

export const matchColumns = (input: TableInput, sides: Sides): Matched | readonly Fault[] => {
  const wanted = wantedNames(input, sides);
  const found = wanted.map((name) => pairOf(name, input, sides));
  const pairs = found.filter(isPair);
  const key = input.key.flatMap((name) => pairs.find((pair) => pair.name === name) ?? []);
  const faults = [
    ...found.flatMap((one) => (isPair(one) ? [] : [one])),
    ...oneSided(input, sides),
    ...unknownNames(input, wanted),
    ...(key.length === input.key.length ? keyFaults(key, sides) : []),
  ];
  if (faults.length > 0) return faults;
  return { key, rest: pairs.filter((pair) => !key.includes(pair)) };
};
