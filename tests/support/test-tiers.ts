/**
 * Which test files start nothing: no process, no server, no lab. They share one worker's modules, which halves their
 * time. Found by what they import, so that no list has to be kept.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';

const root = resolve(import.meta.dirname, '../..');

/** Code of ours that starts something for a test. The engine's own is started only where a test asks for it. */
const starters = /^(tests\/support\/(lab|place|engine-process|mysql-server)|steps\/testing\/place)\.ts$/;
const processes = /^(node:child_process|execa|ssh2|node-ssh)$/;

interface Imports {
  readonly own: readonly string[];
  readonly starts: boolean;
}

const importsOf = (file: string): Imports => {
  const source = readFileSync(join(root, file), 'utf8');
  const { module } = parseSync(file, source);
  const named = [
    ...module.staticImports.map((i) => i.moduleRequest.value),
    ...module.staticExports.flatMap((e) => e.entries.flatMap((entry) => entry.moduleRequest?.value ?? [])),
    ...module.dynamicImports.map((i) => source.slice(i.moduleRequest.start + 1, i.moduleRequest.end - 1)),
  ];
  const ofTests = /^(tests|docker)\//.test(file);
  return {
    own: named
      .filter((name) => name.startsWith('.'))
      .map((name) => relative(root, resolve(root, dirname(file), name)))
      .filter((path) => path.endsWith('.ts') && existsSync(join(root, path))),
    starts: starters.test(file) || (ofTests && named.some((name) => processes.test(name))),
  };
};

const known = new Map<string, Imports>();

const reaches = (file: string, seen: Set<string>): boolean => {
  if (seen.has(file)) return false;
  seen.add(file);
  const imports = known.get(file) ?? importsOf(file);
  known.set(file, imports);
  return imports.starts || imports.own.some((next) => reaches(next, seen));
};

const all = globSync('tests/**/*.test.ts', { cwd: root }).sort();

/** Of a file that changes its own process, or is another file once more: it has a worker of its own. */
const changesItsProcess =
  /process\.env\.\w+ =|process\.env\[|stubEnv|process\.umask|useFakeTimers|other-server\.ts|process\.chdir/;

export const unitTests: readonly string[] = all.filter((file) => !reaches(file, new Set()));
const started: readonly string[] = all.filter((file) => !unitTests.includes(file));
export const aloneTests: readonly string[] = started.filter((file) =>
  changesItsProcess.test(readFileSync(join(root, file), 'utf8')),
);
export const realTests: readonly string[] = started.filter((file) => !aloneTests.includes(file));
