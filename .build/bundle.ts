/**
 * The engine as it is published. Split into chunks, so that `--version` loads one small file and `validate` neither
 * clients nor screens; packages are bundled, so that a start opens a few files instead of hundreds, and the published
 * package has no dependencies. The contract of own step types is made of the same chunks: it is one `StepFailed`.
 */
import { chmod, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { licencesOf } from './licences.ts';
import { copyWasm } from './wasm.ts';

const root = new URL('..', import.meta.url).pathname;

/** Optional native parts of ssh2 and pg: both work without, and a binary cannot be bundled. */
const native = ['cpu-features', 'pg-native', /\.node$/];

/** Of whoever tests an own step type. */
const ofTests = ['vitest'];

export const makeBundle = async (dist: string): Promise<void> => {
  const bundle = await rolldown({
    input: {
      runbook: `${root}engine/main.ts`,
      step: `${root}steps/contract.ts`,
      testing: `${root}steps/testing/index.ts`,
    },
    platform: 'node',
    external: [...native, ...ofTests],
    logLevel: 'warn',
  });
  const { output } = await bundle.write({
    dir: dist,
    format: 'esm',
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    sourcemap: true,
  });
  await bundle.close();
  copyWasm(dist, 'chunks');
  const bundled = output.flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
  await writeFile(`${dist}/third-party-licences.txt`, licencesOf(bundled));
  await chmod(`${dist}/runbook.js`, 0o755);
};

// By a test run, which bundles into a folder of its own.
if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv[2]) await makeBundle(process.argv[2]);
