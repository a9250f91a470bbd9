import type { Plan } from '../plan.ts';
import { resolveSecrets } from '../run/secrets.ts';
import type { Host } from './host.ts';

/** The values; commands on this machine must not find them in the environment that they inherit. */
export const secretsOf = async (
  host: Host,
  plan: Plan,
  runbookDir: string,
): Promise<ReadonlyMap<string, string>> => {
  const secrets = await resolveSecrets(plan.secrets, { env: host.env, baseDir: runbookDir });
  host.forgetEnv(Object.values(plan.secrets).flatMap((source) => ('env' in source ? [source.env] : [])));
  return secrets;
};
