/**
 * dist/types: the declarations of the contract for own step types, complete in themselves. zod's are copied in, since
 * the package has no dependencies and the contract hands out the engine's own zod.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = new URL('..', import.meta.url).pathname;

const entries = ['steps/contract.ts', 'steps/testing/index.ts'];

const emit = (outDir: string, tsconfig: string): void => {
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    outDir,
    rootDir: root,
    typeRoots: [join(root, 'node_modules/@types')],
  };
  const files = entries.map((entry) => join(root, entry));
  writeFileSync(
    tsconfig,
    JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, include: [], files }),
  );
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', tsconfig], {
    stdio: 'inherit',
  });
};

/** Of a package's reader: our own files are named as compiled ones, zod is the copy, and supabase-js may be missing. */
const asPublished = (text: string, pathToZod: string): string =>
  text
    .replaceAll(/(from|module) '(\.[^']*)\.ts'/g, "$1 '$2.js'")
    .replaceAll(/from 'zod'/g, `from '${pathToZod}'`)
    .replaceAll(
      /^(?=import .* from '@supabase\/supabase-js')/gm,
      '// @ts-ignore: any, unless it is installed\n',
    );

const copyZod = (to: string): void => {
  const from = join(root, 'node_modules/zod');
  for (const file of globSync(['index.d.ts', 'v4/{classic,core,locales}/*.d.ts'], { cwd: from }))
    cpSync(join(from, file), join(to, file));
};

/** The suite runs a large part of the engine, whose types its own do not name. */
const dropUnreached = (folder: string): void => {
  const reached = new Set<string>();
  const left = entries.map((entry) => join(folder, entry.replace(/\.ts$/, '.d.ts')));
  for (let file = left.pop(); file !== undefined; file = left.pop()) {
    // A comment may show an import, too.
    if (reached.has(file) || !existsSync(file)) continue;
    reached.add(file);
    for (const [, to = ''] of readFileSync(file, 'utf8').matchAll(/['"](\.{1,2}\/[^'"]*)\.js['"]/g))
      if (!to.includes('/zod/')) left.push(join(dirname(file), `${to}.d.ts`));
  }
  for (const file of globSync('**/*.d.ts', { cwd: folder }))
    if (!reached.has(join(folder, file))) rmSync(join(folder, file));
};

export const writeContractTypes = (dist: string): void => {
  const work = mkdtempSync(join(dist, 'types-'));
  try {
    const fresh = join(work, 'types');
    mkdirSync(fresh);
    emit(fresh, join(work, 'tsconfig.json'));
    for (const file of globSync('**/*.d.ts', { cwd: fresh })) {
      const at = join(fresh, file);
      const zod = relative(dirname(at), join(fresh, 'zod/index.js'));
      writeFileSync(at, asPublished(readFileSync(at, 'utf8'), zod));
    }
    dropUnreached(fresh);
    copyZod(join(fresh, 'zod'));
    renameSync(fresh, join(dist, 'types'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};
