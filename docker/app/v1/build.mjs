// Bakes the release and its public address into dist/, as NEXT_PUBLIC_* is baked: a later edit of .env changes nothing.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rolldown } from 'rolldown';

process.loadEnvFile('.env');
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();

const bundle = await rolldown({
  input: 'src/server.mjs',
  platform: 'node',
  external: /^[^./]/,
  transform: {
    define: {
      BUILD_VERSION: JSON.stringify(version),
      BUILD_COMMIT: JSON.stringify(commit),
      PUBLIC_ORIGIN: JSON.stringify(process.env.PUBLIC_ORIGIN),
    },
  },
});
await bundle.write({ dir: 'dist', entryFileNames: 'server.mjs' });
console.log(`built ${version} at ${commit.slice(0, 7)}`);
