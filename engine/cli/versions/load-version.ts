/** One version of a runbook, as far as it can be loaded. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Diagnostic, DiagnosticError } from '../../diagnostic.ts';
import { diagnosticRecord } from '../../diagnostics/render.ts';
import type { Version } from '../../diff/runbook-diff.ts';
import { homePath } from '../../home-path.ts';
import { type Loaded, loadRunbook } from '../../load/load.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Registry } from '../../registry.ts';
import type { Place } from './place.ts';

export interface LoadGiven {
  readonly registry: Registry;
  /** Absolute paths. */
  readonly varsFiles: readonly string[];
  readonly vars: Readonly<Record<string, string>>;
  /** Of the command line: they apply to both versions. */
  readonly policies: readonly Policy[];
}

/** For a var that is needed while the plan is made; texts have none that would be right. */
const assumed: Readonly<Record<string, string>> = { duration: '1m', int: '1', bool: 'false' };

/** Texts that are longer are compared by their digest only. */
const MOST_TEXT = 1024 * 1024;

export const loadVersion = async (place: Place, given: LoadGiven): Promise<Version> => {
  const texts = new Map<string, string | null>();
  const missing: string[] = [];
  const notes: string[] = [];
  const readNamed = async (path: string): Promise<Uint8Array> => {
    const bytes = await place.readNamed(path);
    if (bytes === null) missing.push(place.shown(path));
    texts.set(path, bytes === null ? null : textOf(bytes));
    return bytes ?? new Uint8Array();
  };
  const varsFiles: string[] = [];
  for (const file of given.varsFiles) {
    const { path, note } = await place.varsFile(file);
    varsFiles.push(path);
    if (note !== null) notes.push(note);
  }
  const load = (vars: LoadGiven['vars']): Promise<Loaded> =>
    loadRunbook(place.path, {
      registry: given.registry,
      moduleFiles: (module) => place.moduleFiles(module),
      varsFiles,
      vars,
      readFile: readNamed,
      varsMayMiss: true,
    });

  const found = await readPolicies(place);
  const policies = [...found.policies, ...given.policies];
  const base = { label: place.label, policies, policyProblems: found.problems, missing, notes };
  try {
    const loaded = await load(given.vars).catch((error: unknown) => {
      const guessed = guesses(error);
      if (guessed === null) throw error;
      missing.length = 0;
      const list = Object.entries(guessed).map(([name, value]) => `${name} = ${value}`);
      notes.push(
        `Vars without a value are assumed: ${list.join(', ')}. With --vars, their values are compared`,
      );
      return load({ ...given.vars, ...guessed });
    });
    if (loaded.undecidedVars.length > 0)
      notes.push(
        `Vars without a value are compared as expressions: ${loaded.undecidedVars.join(', ')}. With --vars, their values are compared as well`,
      );
    if (loaded.unrunTypes.length > 0)
      notes.push(
        `Step types that are modules are compared by their files, and their steps as they are written: ${loaded.unrunTypes.join(', ')}`,
      );
    return {
      ...base,
      plan: loaded.plan,
      problems: [],
      source: loaded.source,
      textOf: (path) => texts.get(resolve(dirname(place.path), homePath(path))) ?? null,
    };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const problems = error.diagnostics.map((each) => place.shown(lineOf(each)));
    return { ...base, plan: null, problems, source: await sourceOf(place.path), textOf: () => null };
  }
};

/** null: binary, or too long to be read by a person. */
const textOf = (bytes: Uint8Array): string | null =>
  bytes.length > MOST_TEXT || bytes.includes(0) ? null : new TextDecoder().decode(bytes);

/** Values to load it with all the same; null: none is missing, or none can be made up. */
const guesses = (error: unknown): Readonly<Record<string, string>> | null => {
  if (!(error instanceof DiagnosticError)) return null;
  const found: Record<string, string> = {};
  for (const { code, data } of error.diagnostics) {
    const { name, type } = data as { readonly name?: string; readonly type?: string };
    const value = assumed[type ?? ''];
    // What else is wrong is reported once it is read with these.
    if (code !== 'RB314' || name === undefined) continue;
    if (value === undefined) return null;
    found[name] = value;
  }
  return Object.keys(found).length > 0 ? found : null;
};

/** `runbook.yaml:12:7 RB201 ...` */
const lineOf = (diagnostic: Diagnostic): string => {
  const { code, message, remedy, position } = diagnosticRecord(diagnostic);
  const at = position ? `${position.file}:${position.line}:${position.col} ` : '';
  return `${at}${code} ${message}${remedy === null ? '' : `. ${remedy}`}`;
};

const readPolicies = async (
  place: Place,
): Promise<{ readonly policies: readonly Policy[]; readonly problems: readonly string[] }> => {
  try {
    return { policies: await place.policies(), problems: [] };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return { policies: [], problems: error.diagnostics.map(lineOf) };
  }
};

const sourceOf = (path: string): Promise<string | null> => readFile(path).then(textOf, () => null);
