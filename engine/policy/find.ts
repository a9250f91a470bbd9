/**
 * Which policies apply to a runbook: those in its folder and in every folder above it, up to the root of the
 * repository. All of them apply; a nearer one can add rules, but takes none away.
 */
import { lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail } from '../diagnostic.ts';
import { decodeText, MAX_BYTES, readRegularFile, shownPath } from '../load/read-source.ts';
import { repositoryRoot } from '../review/repository-root.ts';
import { loadPolicy } from './load-policy.ts';
import type { Policy } from './policy.ts';

export const policyFile = 'runbook.policy.yaml';
/** Would be overlooked, and with it what the team agreed. */
const misnamed = ['runbook.policy.yml', 'runbook-policy.yaml', 'runbook-policy.yml'];

/** Without a repository: up to the root of the file system, since a copy of a repository may have lost its `.git`. */
const foldersAbove = async (folder: string): Promise<readonly string[]> => {
  const root = await repositoryRoot(folder);
  const found = [folder];
  for (let at = folder; at !== root && dirname(at) !== at; ) {
    at = dirname(at);
    found.unshift(at);
  }
  return found;
};

/**
 * The outermost first, then those of `--policy`.
 * @param runbookPath absolute
 * @param given absolute paths of `--policy`
 * Throws DiagnosticError where one cannot be read or is wrong: a policy that is not understood is not kept.
 */
export const policiesOf = async (
  runbookPath: string,
  given: readonly string[] = [],
): Promise<readonly Policy[]> => {
  const folders = await foldersAbove(dirname(runbookPath));
  for (const folder of folders)
    for (const name of misnamed)
      if (isThere(join(folder, name)))
        fail('RB682', {
          why: `${shownPath(join(folder, name))} would not be read as a policy`,
          remedy: `Rename it to ${policyFile}`,
        });
  const found = folders.map((folder) => join(folder, policyFile)).filter(isThere);
  return Promise.all([...new Set([...found, ...given])].map(readPolicy));
};

/** A link that leads nowhere is there: to pass it over would be to run without the policy. */
const isThere = (path: string): boolean => {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail('RB102', { path: shownPath(path), why });
  }
};

export const readPolicy = async (path: string): Promise<Policy> => {
  const file = shownPath(path);
  return loadPolicy(decodeText(await readRegularFile(path, file, MAX_BYTES), file), file);
};
