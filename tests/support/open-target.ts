/** Opens a target kind as the engine would, and closes it with the test. */
import { onTestFinished } from 'vitest';
import type { Clients, Secretable } from '../../engine/step.ts';
import type { AnyTarget, OpenTarget } from '../../engine/target.ts';
import type { Shell } from '../../steps/_work/shell.ts';
import { registry } from '../../steps/index.ts';
import type { LabInfo } from './lab.ts';

export const openTarget = async (
  kind: AnyTarget,
  config: Record<string, unknown>,
  via?: Shell,
): Promise<OpenTarget> => {
  const registered = registry.targets.get(kind.kind);
  if (!registered) throw new Error(`${kind.kind} is not in the registry`);
  const { open } = await registered.load();
  const target = await open(
    {
      name: kind.kind,
      signal: new AbortController().signal,
      reveal: (secret: Secretable) => {
        if (typeof secret !== 'string') throw new Error('the test gives plain values');
        return secret;
      },
      resolve: (path) => path,
      log: () => undefined,
      ...(via && { via }),
    },
    kind.config.parse(config),
  );
  onTestFinished(() => target.close());
  return target;
};

export const openClient = async <K extends keyof Clients>(
  client: K,
  kind: AnyTarget,
  config: Record<string, unknown>,
  via?: Shell,
): Promise<Clients[K]> => {
  if (kind.client !== client) throw new Error(`${kind.kind} opens ${kind.client}, not ${client}`);
  return (await openTarget(kind, config, via)).client as Clients[K];
};

export const mysqlConfig = (
  { mysql: { host, port, adminUser, adminPassword } }: LabInfo,
  database: string,
) => ({
  host,
  port,
  user: adminUser,
  password: adminPassword,
  database,
});

export const postgresConfig = (
  { postgres: { host, port, adminUser, adminPassword } }: LabInfo,
  database: string,
) => ({ host, port, user: adminUser, password: adminPassword, database });
