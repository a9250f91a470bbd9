/**
 * Builds dist/: what `npx runbook` and the published package run. Split into chunks, so that `--version`
 * loads one small file and `validate` neither clients nor screens; packages are bundled, so that a start
 * opens a few files instead of hundreds.
 */
import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { rolldown } from 'rolldown';

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

/** Where the bundled code of the SQL parsers looks for what they are compiled to: relative to its own chunk. */
const compiled = {
  '@guanmingchiu/sqlparser-ts/wasm/sqlparser_rs_wasm.js': 'wasm/sqlparser_rs_wasm.js',
  '@guanmingchiu/sqlparser-ts/wasm/sqlparser_rs_wasm_bg.wasm': 'wasm/sqlparser_rs_wasm_bg.wasm',
  'libpg-query/wasm/libpg-query.wasm': 'chunks/libpg-query.wasm',
};
await mkdir(`${dist}/wasm`, { recursive: true });
for (const [from, to] of Object.entries(compiled))
  await copyFile(`${root}node_modules/${from}`, `${dist}/${to}`);
await chmod(`${dist}/runbook.js`, 0o755);
