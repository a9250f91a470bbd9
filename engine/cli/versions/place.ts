/** Where a version of a runbook is read from: a file, or a path in a git revision. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, posix, relative, resolve } from 'node:path';
import { DiagnosticError } from '../../diagnostic.ts';
import { readNamedFile } from '../../load/named-files.ts';
import { filesOf, noCode } from '../../load/own-types/module-files.ts';
import { policiesOf, policyFile } from '../../policy/find.ts';
import { loadPolicy } from '../../policy/load-policy.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Git, Revision } from './git.ts';

export interface Place {
  /** `main:runbooks/cutover.yaml` */
  readonly label: string;
  /** Of the runbook, from where it can be loaded. */
  readonly path: string;
  /** Where a vars file of the command line is to be read from; and a note, if that is not this version. */
  varsFile(given: string): Promise<{ readonly path: string; readonly note: string | null }>;
  /** null: not in this version. Throws what cannot be read at all. */
  readNamed(path: string): Promise<Uint8Array | null>;
  /** Of a step type that is a module, relative to the folder of the runbook. */
  moduleFiles(module: string): readonly string[];
  /** The outermost first. */
  policies(): Promise<readonly Policy[]>;
  /** As the operator reads it, instead of the path it was loaded from. */
  shown(text: string): string;
}

export const onDisk = (path: string, label: string): Place => ({
  label,
  path,
  varsFile: async (given) => ({ path: given, note: null }),
  readNamed: (named) => readNamedFile(named).catch(absent),
  moduleFiles: (module) => filesOf(dirname(path), module),
  policies: () => policiesOf(path),
  shown: (text) => text,
});

const absent = (error: unknown): null => {
  if (error instanceof DiagnosticError && error.diagnostics[0]?.code === 'RB101') return null;
  throw error;
};

export interface InRevision {
  readonly git: Git;
  readonly revision: Revision;
  /** Of the repository, absolute. */
  readonly root: string;
  /** Private folder of this revision; files are copied into it as they are needed. */
  readonly folder: string;
  /** From the root, with `/`. */
  readonly path: string;
}

export const inRevision = async ({ git, revision, root, folder, path }: InRevision): Promise<Place> => {
  const copy = async (file: string): Promise<string | null> => {
    const blob = revision.files.get(file);
    if (!blob) return null;
    const to = join(folder, file);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, await git.read(blob), { mode: 0o600 });
    return to;
  };
  await copy(path);
  const inTree = (absolute: string, top: string): string | null => {
    const near = relative(top, absolute);
    return near === '' || near.startsWith('..') || isAbsolute(near) ? null : near.split('\\').join('/');
  };
  return {
    label: `${revision.name}:${path}`,
    path: join(folder, path),
    async varsFile(given) {
      const file = inTree(given, root);
      const copied = file === null ? null : await copy(file);
      if (copied !== null) return { path: copied, note: null };
      return {
        path: given,
        note: `${relative('', given)} is not in ${revision.name}: the file on this machine was read`,
      };
    },
    async readNamed(named) {
      const file = inTree(resolve(named), folder);
      const blob = file === null ? undefined : revision.files.get(file);
      return blob ? git.read(blob) : null;
    },
    moduleFiles(module) {
      const of = posix.join(posix.dirname(path), module);
      return [...revision.files.keys()]
        .filter((file) => file === of || (file.startsWith(`${of}/`) && !noCode.test(file)))
        .map((file) => `./${posix.relative(posix.dirname(path), file)}`)
        .sort();
    },
    async policies() {
      const found: Policy[] = [];
      for (const dir of foldersOf(path)) {
        const file = posix.join(dir, policyFile);
        const blob = revision.files.get(file);
        if (blob) found.push(loadPolicy(new TextDecoder().decode(await git.read(blob)), file));
      }
      return found;
    },
    shown: (text) => text.replaceAll(`${folder}/`, `${revision.name}:`),
  };
};

/** From the root down to the folder of the file. */
const foldersOf = (path: string): readonly string[] => {
  const parts = path.split('/').slice(0, -1);
  return ['', ...parts.map((_, i) => parts.slice(0, i + 1).join('/'))];
};
