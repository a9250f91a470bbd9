/** `node bundle-children.ts DIR`: the programs of children/, bundled as the product is. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { copyWasm } from '../../.build/wasm.ts';

const children = new URL('children/', import.meta.url).pathname;

const input = Object.fromEntries(
  readdirSync(children).map((file) => [file.replace(/\.ts$/, ''), join(children, file)]),
);
// Optional native parts, as in .build/bundle.ts.
const external = ['cpu-features', 'pg-native', /\.node$/];
const bundle = await rolldown({ input, platform: 'node', external, logLevel: 'warn' });
const dir = process.argv[2] ?? '';
await bundle.write({ dir, format: 'esm' });
await bundle.close();
copyWasm(dir, '.');
