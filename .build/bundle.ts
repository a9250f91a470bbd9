/**
 * Builds dist/: what `npx runbook` and the published package run. Split into chunks, so that `--version`
 * loads one small file and `validate` neither clients nor screens; packages are bundled, so that a start
 * opens a few files instead of hundreds.
 */
import { chmod } from 'node:fs/promises';
import { rolldown } from 'rolldown';
import { copyWasm } from './wasm.ts';

const root = new URL('..', import.meta.url).pathname;
/** Given by the test of the build, which must not replace what is in use. */
const dist = process.argv[2] ?? `${root}dist`;

/** Optional native parts of ssh2 and pg: both work without, and a binary cannot be bundled. */
const native = ['cpu-features', 'pg-native', /\.node$/];

const bundle = await rolldown({
  input: { runbook: `${root}engine/main.ts` },
  platform: 'node',
  external: native,
  logLevel: 'warn',
});
await bundle.write({
  dir: dist,
  format: 'esm',
  cleanDir: true,
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
  sourcemap: true,
});
await bundle.close();
copyWasm(dist, 'chunks');
await chmod(`${dist}/runbook.js`, 0o755);
