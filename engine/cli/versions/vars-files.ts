/** Vars files beside a runbook whose values changed: the plan of the command line may use another one of them. */
import { posix } from 'node:path';
import { parse } from 'yaml';
import { isRunbookText } from '../../ci/find-runbooks.ts';
import type { Change } from '../../diff/change.ts';
import { dangerousWords } from '../../diff/dangerous-words.ts';
import { Found } from '../../diff/found.ts';
import type { Plan } from '../../plan.ts';
import { policyFile } from '../../policy/find.ts';
import type { Git, Revision } from './git.ts';

type Values = Readonly<Record<string, unknown>>;

/** @param given paths in the repository of those on the command line: their values are in the plans already */
export const varsFileChanges = async (
  git: Git,
  { base, head }: { readonly base: Revision; readonly head: Revision },
  {
    runbook,
    names,
    changed,
    given,
  }: {
    readonly runbook: string;
    /** Of the vars that the runbook declares. */
    readonly names: ReadonlySet<string>;
    readonly changed: readonly string[];
    readonly given: ReadonlySet<string>;
  },
): Promise<readonly Change[]> => {
  const folder = posix.dirname(runbook);
  const found = new Found(null);
  for (const path of changed) {
    const near = folder === '.' || path.startsWith(`${folder}/`);
    if (!near || given.has(path) || !/\.ya?ml$/.test(path) || posix.basename(path) === policyFile) continue;
    const [was, is] = await Promise.all([base, head].map((revision) => valuesOf(git, revision, path, names)));
    if (was === undefined || is === undefined) continue;
    for (const name of new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})]))
      if (names.has(name)) tell(`${path}: ${name}`, was?.[name], is?.[name], found);
  }
  return found.changes;
};

const tell = (what: string, before: unknown, after: unknown, found: Found): void => {
  const [was, is] = [textOf(before), textOf(after)];
  if (was === is) return;
  const dangerous = is === undefined ? null : dangerousWords(was ?? '', is);
  found.add('var', dangerous === null ? 'medium' : 'high', {
    what,
    before: was,
    after: is,
    reason: dangerous ?? 'A run with this vars file uses another value',
  });
};

const textOf = (value: unknown): string | undefined =>
  typeof value === 'object' ? JSON.stringify(value) : value === undefined ? undefined : String(value);

/** null: not in this revision; undefined: no vars file. */
const valuesOf = async (
  git: Git,
  { files }: Revision,
  path: string,
  names: ReadonlySet<string>,
): Promise<Values | null | undefined> => {
  const blob = files.get(path);
  if (!blob) return null;
  const text = (await git.readAll([blob])).get(blob.oid) ?? '';
  if (isRunbookText(text)) return undefined;
  try {
    const value: unknown = parse(text, { maxAliasCount: 0 });
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    // Another kind of file has lists and maps under names that are no vars.
    const isPlain = (each: unknown) => ['string', 'number', 'boolean'].includes(typeof each);
    const takes = Object.entries(value).every(([name, each]) => isPlain(each) || names.has(name));
    return takes ? (value as Values) : undefined;
  } catch {
    return undefined;
  }
};

/** Vars that either version declares, with or without a value. */
export const varNames = (...plans: readonly (Plan | null)[]): ReadonlySet<string> =>
  new Set(plans.flatMap((plan) => (plan ? [...Object.keys(plan.vars), ...expressionVars(plan)] : [])));

/** A var without a value stands in no list of the plan: only where it is used. */
const expressionVars = (plan: Plan): readonly string[] =>
  [...JSON.stringify(plan).matchAll(/\bvars\.([A-Za-z]\w*)/g)].flatMap(([, name]) => name ?? []);
