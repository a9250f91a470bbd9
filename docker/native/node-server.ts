import { join } from 'node:path';
import { cloneDir, openLabRoot } from './place.ts';
import type { ServerSpec } from './servers.ts';

/** One of our own servers, `docker/<script>`: node runs it. Its compiled modules are kept: half the time to start. */
export const nodeServer = (
  script: string,
  env: Readonly<Record<string, string>>,
): Pick<ServerSpec, 'argv' | 'shared' | 'env'> => ({
  argv: [process.execPath, join(cloneDir, 'docker', script)],
  shared: true,
  env: { ...env, NODE_COMPILE_CACHE: join(openLabRoot(), 'node-compile-cache') },
});
