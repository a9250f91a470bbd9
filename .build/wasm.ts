/** The SQL parsers are WebAssembly: their bundled code looks for it relative to its own chunk. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

const modules = new URL('../node_modules/', import.meta.url).pathname;

/** `chunks`: the folder below `dist` that the code of a package was bundled into. */
export const copyWasm = (dist: string, chunks: string): void => {
  const parser = '@guanmingchiu/sqlparser-ts/wasm/sqlparser_rs_wasm';
  const files = [
    [`${parser}.js`, join(chunks, '../wasm/sqlparser_rs_wasm.js')],
    [`${parser}_bg.wasm`, join(chunks, '../wasm/sqlparser_rs_wasm_bg.wasm')],
    ['libpg-query/wasm/libpg-query.wasm', join(chunks, 'libpg-query.wasm')],
  ] as const;
  for (const [from, to] of files) {
    mkdirSync(dirname(join(dist, to)), { recursive: true });
    copyFileSync(join(modules, from), join(dist, to));
  }
};
