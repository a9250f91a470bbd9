/** Which runbooks two revisions have, and which file of the one is which of the other. */
import { isRunbookText } from '../../ci/find-runbooks.ts';
import type { Blob, Git, Revision } from './git.ts';

export interface Pair {
  /** Paths in the repository; null: not in this revision. */
  readonly before: string | null;
  readonly after: string | null;
  /** The file of the runbook itself is another one. */
  readonly changed: boolean;
}

/** Paths of files that differ, are new or are gone. */
export const changedFiles = (base: Revision, head: Revision): readonly string[] =>
  [...new Set([...base.files.keys(), ...head.files.keys()])].filter(
    (path) => base.files.get(path)?.oid !== head.files.get(path)?.oid,
  );

/** In the order of the paths after the change. */
export const runbookPairs = async (git: Git, base: Revision, head: Revision): Promise<readonly Pair[]> => {
  const texts = await git.readAll([...yamlOf(base).values(), ...yamlOf(head).values()]);
  const runbooks = (revision: Revision) =>
    new Map([...yamlOf(revision)].filter(([, { oid }]) => isRunbookText(texts.get(oid) ?? '')));
  const [was, is] = [runbooks(base), runbooks(head)];
  const pairs: Pair[] = [];
  const come: string[] = [];
  for (const [path, { oid }] of is) {
    const old = was.get(path);
    if (old) pairs.push({ before: path, after: path, changed: old.oid !== oid });
    else come.push(path);
  }
  // A file that is gone and a new one are one if they say the same, or bear the same name.
  const gone = [...was.keys()].filter((path) => !is.has(path));
  for (const path of come) {
    const blob = is.get(path);
    const name = nameIn(texts.get(blob?.oid ?? '') ?? '');
    const same =
      gone.find((old) => was.get(old)?.oid === blob?.oid) ??
      gone.find((old) => name !== null && nameIn(texts.get(was.get(old)?.oid ?? '') ?? '') === name);
    if (same !== undefined) gone.splice(gone.indexOf(same), 1);
    pairs.push({ before: same ?? null, after: path, changed: true });
  }
  for (const path of gone) pairs.push({ before: path, after: null, changed: true });
  const key = ({ before, after }: Pair): string => after ?? before ?? '';
  return pairs.sort((a, b) => (key(a) < key(b) ? -1 : 1));
};

const yamlOf = ({ files }: Revision): ReadonlyMap<string, Blob> =>
  new Map([...files].filter(([path]) => /\.ya?ml$/.test(path)));

const nameIn = (text: string): string | null => /^name:[ \t]*(\S.*?)[ \t]*(?:#.*)?$/m.exec(text)?.[1] ?? null;
