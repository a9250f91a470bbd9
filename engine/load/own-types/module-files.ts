/** What the code of a module consists of: all of it belongs to the plan. */
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

const mostFiles = 2_000;
const code = /\.[cm]?[jt]s$/;
/** A changed test changes no step. */
export const noCode = /(^|\/)(node_modules|\.git)(\/|$)|\.(test|spec)\.[cm]?[jt]s$|\.log$/;

export interface ModuleFiles {
  /** Absolute. */
  readonly entry: string;
  /** Relative to the folder of the runbook, sorted. */
  readonly files: readonly string[];
}

export type Located =
  | ModuleFiles
  | { readonly missing: string }
  | { readonly wrong: string }
  | { readonly strays: { readonly file: string; readonly to: string } };

const entries = ['index.ts', 'index.mts', 'index.js', 'index.mjs'];

/** An entry of `exports`, as Node reads it for an import. */
const target = (exported: unknown): string | null => {
  if (typeof exported === 'string') return exported;
  if (typeof exported !== 'object' || exported === null || Array.isArray(exported)) return null;
  const map = exported as { readonly [key: string]: unknown };
  if ('.' in map) return target(map['.']);
  for (const key of ['node', 'import', 'module-sync', 'default']) {
    const found = key in map ? target(map[key]) : null;
    if (found !== null) return found;
  }
  return null;
};

const mainOf = (folder: string): string | null => {
  const manifest = join(folder, 'package.json');
  const read = existsSync(manifest)
    ? (JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, unknown>)
    : {};
  const named = target(read.exports) ?? (typeof read.main === 'string' ? read.main : null);
  if (named !== null) return existsSync(join(folder, named)) ? join(folder, named) : null;
  const usual = entries.find((name) => existsSync(join(folder, name)));
  return usual === undefined ? null : join(folder, usual);
};

/** Throws where a file is a symbolic link: what it shows is not what it is. */
const walk = (folder: string, below: string, found: string[]): void => {
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (noCode.test(path)) continue;
    if (entry.isSymbolicLink()) throw new Error(`${path} in it is a symbolic link`);
    if (entry.isDirectory()) walk(folder, path, found);
    else if (entry.isFile()) found.push(path);
    if (found.length > mostFiles) throw new Error(`it has more than ${mostFiles} files`);
  }
};

const specifiers = /(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\()\s*(['"])(\.{1,2}\/[^'"\n]*)\1/g;

/** The first import that leads to a file that is not one of `files`. */
const strayIn = (files: readonly string[], folder: string): { file: string; to: string } | null => {
  const inside = (path: string) => files.some((file) => file === path || file.startsWith(path + sep));
  for (const file of files.filter((path) => code.test(path)))
    for (const [, , to = ''] of readFileSync(file, 'utf8').matchAll(specifiers)) {
      const path = resolve(dirname(file), to);
      const written = [path, `${path}.js`, `${path}.ts`, path.replace(/\.js$/, '.ts')];
      if (!written.some(inside)) return { file: relative(folder, file), to };
    }
  return null;
};

const shownIn = (folder: string, file: string): string => {
  const path = relative(folder, file).split(sep).join('/');
  return path.startsWith('.') ? path : `./${path}`;
};

const packageFolder = (name: string, from: string): string | null => {
  for (let at = resolve(from); ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (dirname(at) === at) return null;
  }
};

const named = (folder: string, of: string, entry: string | null): Located => {
  if (entry === null)
    return { wrong: `it has no ${entries.join(', ')}, nor a package.json that names its entry` };
  const found: string[] = [];
  try {
    walk(of, '', found);
  } catch (error) {
    return { wrong: (error as Error).message };
  }
  const files = found.sort().map((path) => join(of, path));
  const strays = strayIn(files, folder);
  return strays ? { strays } : { entry, files: files.map((file) => shownIn(folder, file)) };
};

/** @param folder of the runbook; @param module `./x`, `./x.ts`, or the name of an npm package */
export const locateModule = (folder: string, module: string): Located => {
  if (!module.startsWith('.')) {
    const of = packageFolder(module, folder);
    if (of === null) return { missing: `node_modules/${module}` };
    return named(folder, realpathSync(of), mainOf(of));
  }
  const path = resolve(folder, module);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return { missing: module };
  const real = realpathSync(path);
  if (stat.isSymbolicLink() || !(real + sep).startsWith(realpathSync(folder) + sep))
    return { wrong: 'a symbolic link leads to it' };
  if (stat.isDirectory()) return named(folder, path, mainOf(path));
  if (!code.test(path)) return { wrong: 'it is neither a folder nor a .js, .mjs or .ts file' };
  const strays = strayIn([path], folder);
  return strays ? { strays } : { entry: path, files: [shownIn(folder, path)] };
};

/** As the runbook names it; none where it is not found. */
export const filesOf = (folder: string, module: string): readonly string[] => {
  const located = locateModule(folder, module.replace(/^npm:/, '').split('#')[0] ?? '');
  return 'files' in located ? located.files : [];
};
