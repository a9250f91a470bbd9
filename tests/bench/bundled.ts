/**
 * Bundles what is measured: from source, stripping types would be most of it. The bundler runs in processes of
 * its own: its memory in this one would slow down every fork that is measured. A test run has the engine bundled already.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNode } from './node-process.ts';

const path = (relative: string): string => new URL(relative, import.meta.url).pathname;

export const bundleAll = (dir: string): { runbook: string; child(name: string): string } => {
  // Outside the repository nothing else says that these files are modules.
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
  const { RUNBOOK_TEST_ENGINE: bundled } = process.env;
  if (!bundled) runNode([path('../../.build/bundle.ts'), join(dir, 'dist')]);
  runNode([path('bundle-children.ts'), join(dir, 'children')]);
  return {
    runbook: bundled || join(dir, 'dist', 'runbook.js'),
    child: (name) => join(dir, 'children', `${name}.js`),
  };
};
