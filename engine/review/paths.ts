/** Files as CI systems name them: from the root of the repository, with slashes. */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ShownOptions } from './view.ts';

type Base = Pick<ShownOptions, 'cwd' | 'root'>;

/** null: outside the repository. */
const inside = (file: string, { cwd, root }: Base): string | null => {
  const path = relative(root ?? cwd, resolve(cwd, file));
  const outside = path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);
  return outside ? null : path.split(sep).join('/');
};

/** As the operator named it where the repository does not have it. */
export const pathInRepository = (file: string, base: Base): string => inside(file, base) ?? file;

export interface Uri {
  readonly uri: string;
  readonly uriBaseId?: string;
}

export const uriOf = (file: string, base: Base): Uri => {
  const path = inside(file, base);
  if (path === null) return { uri: pathToFileURL(resolve(base.cwd, file)).href };
  return { uri: path.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' };
};
