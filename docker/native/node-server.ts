import { join } from 'node:path';
import { cloneDir, openLabRoot } from './place.ts';
import type { ServerSpec } from './servers.ts';

/** Of a node that runs sources of this clone: its compiled modules are kept, which is half the time of a start. */
export const compileCache = (): Readonly<Record<string, string>> => ({
  NODE_COMPILE_CACHE: join(openLabRoot(), 'node-compile-cache'),
});

/** One of our own servers, `docker/<script>`: node runs it. */
export const nodeServer = (
  script: string,
  env: Readonly<Record<string, string>>,
): Pick<ServerSpec, 'argv' | 'shared' | 'env'> => ({
  argv: [process.execPath, join(cloneDir, 'docker', script)],
  shared: true,
  env: { ...env, ...compileCache() },
});
