// Bakes the release and every NEXT_PUBLIC_* of .env into dist/, as Next does: a later edit of .env changes neither.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { rolldown } from 'rolldown';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
const settings = Object.entries(parseEnv(readFileSync('.env', 'utf8')));
const baked = settings
  .filter(([name]) => name.startsWith('NEXT_PUBLIC_'))
  .map(([name, value]) => [`process.env.${name}`, JSON.stringify(value)]);

const bundle = await rolldown({
  input: 'src/server.mjs',
  platform: 'node',
  external: /^[^./]/,
  transform: {
    define: {
      BUILD_VERSION: JSON.stringify(version),
      BUILD_COMMIT: JSON.stringify(commit),
      ...Object.fromEntries(baked),
    },
  },
});
const { output } = await bundle.generate({ entryFileNames: 'server.mjs' });

const forgotten = output.flatMap(({ code }) => code?.match(/process\.env\.NEXT_PUBLIC_\w+/g) ?? []);
if (forgotten.length > 0) {
  const names = [...new Set(forgotten)].map((name) => name.replace('process.env.', ''));
  console.error(`Not built: .env lacks ${names.join(', ')}`);
  process.exit(1);
}
await bundle.write({ dir: 'dist', entryFileNames: 'server.mjs' });
console.log(`built ${version} at ${commit.slice(0, 7)}`);
