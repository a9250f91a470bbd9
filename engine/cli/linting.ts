/** Lints one runbook file with what its team agreed: shared by `lint` and `validate --strict`. */
import { dirname, resolve } from 'node:path';
import { DiagnosticError } from '../diagnostic.ts';
import { applyFixes } from '../lint/apply-fixes.ts';
import { lint } from '../lint/lint.ts';
import { allRules } from '../lint/rules/index.ts';
import { type Loaded, loadRunbook } from '../load/load.ts';
import { filesOf } from '../load/own-types/module-files.ts';
import { shownPath } from '../load/read-source.ts';
import { policiesOf } from '../policy/find.ts';
import { lintLevels, unknownLintCodes } from '../policy/lint-levels.ts';
import { policyRemarks } from '../policy/remarks.ts';
import { fromDiagnostics } from '../review/from-diagnostics.ts';
import type { Remark } from '../review/remark.ts';
import { givenPolicies, givenTypes, givenVars, givenVarsFiles } from './given.ts';
import type { Host } from './host.ts';
import { replaceDocument } from './replace-file.ts';
import type { Input } from './spec.ts';

const lintCodes = allRules.map(({ code }) => code);

export interface LintedFile {
  /** In the order of the file. */
  readonly remarks: readonly Remark[];
  /** False: it did not load, and the remarks say why. */
  readonly valid: boolean;
  /** The text with all certain edits made; null: there are none. */
  readonly fixed: string | null;
}

const load = async (path: string, host: Host, input: Input): Promise<Loaded> =>
  loadRunbook(path, {
    ...(await givenTypes(host, input)),
    moduleFiles: (module) => filesOf(dirname(path), module),
    varsFiles: givenVarsFiles(host, input),
    vars: givenVars(input),
  });

export const lintLoaded = async (
  loaded: Loaded,
  path: string,
  host: Host,
  input: Input,
): Promise<LintedFile> => {
  const policies = await policiesOf(path, givenPolicies(host, input));
  const levels = Object.fromEntries(
    [...lintLevels(policies).levels].map(([code, { level }]) => [code, level]),
  );
  const { remarks, fixes } = await lint(loaded, loaded.registry, { levels });
  const { plan, source } = loaded;
  const all = [
    ...remarks,
    ...policyRemarks(policies, { plan, source, file: shownPath(path) }, null),
    ...unknownLintCodes(policies, lintCodes),
  ];
  return {
    remarks: all.toSorted((a, b) => a.region.line - b.region.line || a.region.col - b.region.col),
    valid: true,
    fixed: fixes.length === 0 ? null : applyFixes(source, fixes),
  };
};

/** @param file as given. A policy that cannot be read is told like a runbook that cannot. */
export const lintFile = async (file: string, host: Host, input: Input): Promise<LintedFile> => {
  const path = resolve(host.cwd, file);
  try {
    return await lintLoaded(await load(path, host, input), path, host, input);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return { remarks: fromDiagnostics(error.diagnostics, shownPath(path)), valid: false, fixed: null };
  }
};

/** Writes what is certain, and lints what is there then: an edit may make another one possible. */
export const fixFile = async (file: string, host: Host, input: Input): Promise<LintedFile> => {
  let linted = await lintFile(file, host, input);
  for (let round = 0; linted.fixed !== null && round < 5; round++) {
    replaceDocument(resolve(host.cwd, file), linted.fixed);
    linted = await lintFile(file, host, input);
  }
  return linted;
};
