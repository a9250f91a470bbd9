/** The upgrade as shipped, on a lab with an app that a client writes to all the time. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll } from 'vitest';
import { down } from '../../../docker/native/lab.ts';
import { cloneDir, labDir } from '../../../docker/native/place.ts';
import { watchOver } from '../../../docker/native/watchdog.ts';
import { makeFolders } from '../../../docker/native/world.ts';
import {
  onServer,
  servers,
  type UpgradeInfo,
  upgradeVarsFile,
  upUpgrade,
  type Which,
} from '../../../docker/upgrade/lab.ts';
import type { Event } from '../../e2e/cli-run.ts';
import { runbook, start, workDir } from '../../engine/cli/command-line.ts';

const folder = join(cloneDir, 'runbooks', 'postgres-major-upgrade');

export const useUpgradeLab = async () => {
  const dir = labDir(`test-upgrade-${process.pid}`);
  makeFolders(dir);
  const callOff = watchOver(dir, process.pid, 'remove');
  afterAll(async () => {
    await down(dir);
    rmSync(dir, { recursive: true, force: true });
    callOff();
  });
  const lab = await upUpgrade(dir);
  const env = readFileSync(lab.app.envFile, 'utf8');
  return { lab, reset: () => resetLab(lab, env) };
};

export const onShop = (lab: UpgradeInfo, which: Which, ...sql: string[]) => onServer(lab, which, 'shop', sql);

/** As it was when it came up; what a run has left there ends. */
const resetLab = async (lab: UpgradeInfo, env: string): Promise<void> => {
  for (const which of servers)
    await onShop(
      lab,
      which,
      'DROP SUBSCRIPTION IF EXISTS upgrade_forward',
      'DROP SUBSCRIPTION IF EXISTS upgrade_reverse',
    );
  for (const which of servers)
    await onShop(
      lab,
      which,
      'DROP PUBLICATION IF EXISTS upgrade_forward, upgrade_reverse',
      'ALTER ROLE app LOGIN',
      'TRUNCATE customers, orders RESTART IDENTITY',
    );
  await onShop(
    lab,
    'old',
    "INSERT INTO customers (name) SELECT 'customer ' || n FROM generate_series(1, 200) n",
    "INSERT INTO orders (note) SELECT 'order ' || n FROM generate_series(1, 5000) n",
  );
  writeFileSync(lab.app.envFile, env);
  process.kill(Number(readFileSync(lab.app.pidFile, 'utf8')), 'SIGHUP');
};

export const useUpgrade = (lab: UpgradeInfo) => {
  const cwd = workDir();
  const options = {
    cwd,
    env: {
      HOME: cwd,
      XDG_STATE_HOME: join(cwd, 'state'),
      PG_ADMIN_PASSWORD: lab.adminPassword,
      PG_REPLICA_PASSWORD: lab.replicaPassword,
    },
  };
  const gates = ['--yes-to-gate', 'go', '--yes-to-gate', 'keep', '--json'];
  const exec = [
    ...['exec', join(folder, 'upgrade.yaml'), '--skip-waits', '--vars', join(folder, 'vars', 'lab.yaml')],
    ...['--vars', upgradeVarsFile(lab.dir)],
  ];
  const cli = (...args: string[]) => runbook(args, options);
  const status = async () => JSON.parse((await cli('status', '--json')).stdout);
  return {
    cli,
    status,
    dryRun: () => runbook([...exec, '--dry-run'], options),
    begin: (...args: string[]) => start([...exec, ...args, ...gates], options),
    resume: () => start(['resume', ...gates], options),
    events: async (): Promise<readonly Event[]> =>
      readFileSync((await status()).journal, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
};

export interface Written {
  readonly id: string;
  readonly server: Which;
  /** When the answer was there. */
  readonly at: number;
}

/** A client of the shop. `until` resolves with the first order that is as wanted, from now on. */
export const sendClient = ({ app }: UpgradeInfo) => {
  const written: Written[] = [];
  const waiting: { wanted: (order: Written) => boolean; resolve: (order: Written) => void }[] = [];
  let left = false;
  const order = async (): Promise<void> => {
    // Without an answer it is an order that nobody was promised.
    const body = await fetch(`${app.url}/orders`, { method: 'POST', signal: AbortSignal.timeout(3_000) })
      .then(async (answer) => (answer.ok ? ((await answer.json()) as Omit<Written, 'at'>) : null))
      .catch(() => null);
    if (body === null) return;
    const got = { ...body, at: Date.now() };
    written.push(got);
    for (const { wanted, resolve } of waiting) if (wanted(got)) resolve(got);
  };
  const visit = (async () => {
    while (!left) await Promise.all([order(), sleep(20)]);
  })();
  return {
    written: written as readonly Written[],
    until: (wanted: (order: Written) => boolean) =>
      new Promise<Written>((resolve) => waiting.push({ wanted, resolve })),
    leave: async (): Promise<readonly Written[]> => {
      left = true;
      await visit;
      return written;
    },
  };
};

/** All that a run may change, of both servers and the app. */
export const observe = async (lab: UpgradeInfo) => ({
  app: readFileSync(lab.app.envFile, 'utf8'),
  ...Object.fromEntries(
    await Promise.all(
      servers.map(async (which) => {
        const [found] = await onShop(
          lab,
          which,
          `SELECT (SELECT count(*)::int FROM orders) AS orders, (SELECT count(*)::int FROM customers) AS customers,
          (SELECT rolcanlogin FROM pg_roles WHERE rolname = 'app') AS login,
          (SELECT count(*)::int FROM pg_publication) AS publications, (SELECT count(*)::int FROM pg_subscription) AS subscriptions,
          (SELECT count(*)::int FROM pg_replication_slots) AS slots`,
        );
        return [which, found];
      }),
    ),
  ),
});

export const replicationEnded = { publications: 0, subscriptions: 0, slots: 0 };

/** Acknowledged orders that are not there. */
export const lost = async (
  lab: UpgradeInfo,
  which: Which,
  written: readonly Written[],
): Promise<readonly string[]> => {
  const there = new Set((await onShop(lab, which, 'SELECT id FROM orders')).map(({ id }) => id));
  return written.map(({ id }) => id).filter((id) => !there.has(id));
};
