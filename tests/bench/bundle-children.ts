/** `node bundle-children.ts DIR`: the programs of children/, bundled as the product is. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const children = new URL('children/', import.meta.url).pathname;

const input = Object.fromEntries(
  readdirSync(children).map((file) => [file.replace(/\.ts$/, ''), join(children, file)]),
);
// Optional native parts, as in .build/bundle.ts.
const external = ['cpu-features', 'pg-native', /\.node$/];
const bundle = await rolldown({ input, platform: 'node', external, logLevel: 'warn' });
await bundle.write({ dir: process.argv[2] ?? '', format: 'esm' });
await bundle.close();
