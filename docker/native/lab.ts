/** The rehearsal lab: the flagship's old world on one machine, on loopback, from npm and Debian packages. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployOldRelease, installOldRelease, startOldRelease } from './app.ts';
import { type AuthName, type AuthProgram, chooseAuth } from './auth-binary.ts';
import { makeRepository, type Releases } from './git.ts';
import { emptyInbox, mailInfo, startInbox } from './inbox.ts';
import type { LabInfo } from './info.ts';
import { LabError } from './lab-error.ts';
import { withLock } from './lock.ts';
import { mysqlAccess, seedMysql, startMysql } from './mysql.ts';
import { type MysqlKind, wantedMysql } from './mysql-kind.ts';
import { bypassHeader, startNginx } from './nginx.ts';
import type { KnownUser } from './people.ts';
import { infoFile, labDir } from './place.ts';
import { emptyPostgres, database as postgresDatabase, seedPostgres, startPostgres } from './postgres.ts';
import { isAlive, listensOn } from './process-table.ts';
import { seedSizes } from './seed/sizes.ts';
import { endServers, recorded } from './servers.ts';
import { accessTo, sshFiles, startSshd } from './sshd.ts';
import { authTitle, startAuth, startGateway, supabaseInfo } from './supabase.ts';
import { writeVars } from './vars.ts';
import { appName, makeVps, newRelease, oldRelease, strangerName, vpsPaths, workerName } from './vps.ts';
import { makeFolders, type NativeWorld, openWorld, type World } from './world.ts';

export type { LabInfo } from './info.ts';

const serverNames = ['mysql', 'postgres', 'sshd', 'nginx', 'auth', 'supabase', 'inbox'] as const;

export interface ServerStatus {
  readonly name: string;
  readonly up: boolean;
  readonly port: number | null;
  readonly pid: number | null;
  readonly detail: string;
}

/**
 * Brings the lab up in `dir` with fresh data and the old app answering; a lab that is already up is left
 * as it is. A half-running one is ended first. Throws LabError with what to do.
 */
export const up = async (dir: string = labDir()): Promise<LabInfo> => {
  // `nobody` and `deploy` walk through these folders, whatever the caller's umask.
  const umask = process.umask(0o022);
  try {
    makeFolders(dir);
    return await withLock(dir, () => startUnlessUp(dir));
  } finally {
    process.umask(umask);
  }
};

const startUnlessUp = async (dir: string): Promise<LabInfo> => {
  const running = recorded(dir).filter(isAlive);
  const known = readInfo(dir);
  if (known && serverNames.every((name) => running.some((s) => s.name === name)))
    return withWantedMysql(known);
  await endServers(dir);
  try {
    return await start(dir);
  } catch (error) {
    await endServers(dir);
    throw error;
  }
};

const withWantedMysql = (known: LabInfo): LabInfo => {
  const wanted = wantedMysql() ?? known.mysql.server;
  if (wanted === known.mysql.server) return known;
  throw new LabError(
    `The lab in ${known.dir} is up with ${known.mysql.server}, and RUNBOOK_LAB_MYSQL asks for ${wanted}`,
    'End it first: npm run lab -- down',
  );
};

const start = async (dir: string): Promise<LabInfo> => {
  const auth = chooseAuth();
  const world = await openWorld(dir, wantedMysql() ?? 'mariadb');
  makeVps(world);
  const [releases] = await allOrFirstFailure([
    startOldWorld(world),
    startPostgresAndAuth(world, auth),
    startGateway(world),
    startInbox(world),
  ]);
  return publish(world, releases, auth.name);
};

const startOldWorld = async (world: NativeWorld): Promise<Releases> => {
  const [releases] = await allOrFirstFailure([
    installedRelease(world),
    startNginx(world),
    startMysql(world).then(() => seedMysql(world)),
  ]);
  await startOldRelease(world);
  return releases;
};

/** While the database is filled: neither a checkout nor a build asks it anything. */
const installedRelease = async (world: World): Promise<Releases> => {
  const [releases] = await allOrFirstFailure([makeRepository(world), startSshd(world)]);
  await installOldRelease(world, releases);
  return releases;
};

const startPostgresAndAuth = async (world: World, auth: AuthProgram): Promise<void> => {
  await startPostgres(world);
  await seedPostgres(world);
  await startAuth(world, auth);
};

/** Waits for all of them even when one fails: what is still starting could not be ended. */
const allOrFirstFailure = async <T extends readonly unknown[]>(
  work: {
    [K in keyof T]: Promise<T[K]>;
  },
): Promise<T> => {
  await Promise.allSettled(work as readonly Promise<unknown>[]);
  return Promise.all(work as readonly Promise<unknown>[]) as unknown as Promise<T>;
};

const publish = async (world: NativeWorld, releases: Releases, auth: AuthName): Promise<LabInfo> => {
  const info = await describe(world, releases, auth, world.mysql.kind);
  writeFileSync(infoFile(world.dir), `${JSON.stringify(info, null, 2)}\n`, { mode: 0o600 });
  writeVars(info);
  return info;
};

/**
 * Ends every process of the lab and returns when they are gone. The data stays, until `up` seeds it anew.
 * False: there was none.
 */
export const down = async (dir: string = labDir()): Promise<boolean> => {
  if (!existsSync(dir)) return false;
  return withLock(dir, () => {
    rmSync(infoFile(dir), { force: true });
    return endServers(dir);
  });
};

/** Data, repository and VPS as they were after `up`, while the servers keep running; a lab that is down is started. */
export const reset = async (dir: string = labDir()): Promise<LabInfo> => {
  const { supabase, mysql } = await up(dir);
  return withLock(dir, async () => {
    const world = await openWorld(dir, mysql.server, { running: true });
    const [releases] = await Promise.all([
      makeRepository(world),
      seedMysql(world),
      emptyPostgres(world),
      emptyInbox(world),
    ]);
    await deployOldRelease(world, releases);
    return publish(world, releases, supabase.auth);
  });
};

export const status = async (dir: string = labDir()): Promise<ServerStatus[]> => {
  const records = recorded(dir);
  const known = readInfo(dir);
  const servers = serverNames.map((name): ServerStatus => {
    const server = records.find((s) => s.name === name);
    if (!server || !isAlive(server)) return { name, up: false, port: null, pid: null, detail: 'not running' };
    const up = listensOn(server.pid, server.port);
    return { name, up, port: server.port, pid: server.pid, detail: detailOf(name, up, known) };
  });
  return [...servers, await appStatus(known)];
};

const detailOf = (name: string, up: boolean, known: LabInfo | null): string => {
  if (!up) return 'does not listen';
  return name === 'auth' && known ? `listening, ${authTitle(known)}` : 'listening';
};

const appStatus = async (info: LabInfo | null): Promise<ServerStatus> => {
  const none = { name: appName, up: false, port: null, pid: null, detail: 'not running' };
  if (!info) return none;
  const port = info.web.appPort;
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null);
  return answer ? { ...none, up: answer.ok, port, detail: `${answer.status} ${await answer.text()}` } : none;
};

/** null: the lab is not up. */
export const readInfo = (dir: string = labDir()): LabInfo | null =>
  existsSync(infoFile(dir)) ? JSON.parse(readFileSync(infoFile(dir), 'utf8')) : null;

const credentials = ({ email, password }: KnownUser) => ({ email, password });

export const describe = async (
  world: World,
  releases: Releases,
  auth: AuthName,
  server: MysqlKind,
): Promise<LabInfo> => {
  const { dir, ports, passwords, accounts, people } = world;
  const paths = vpsPaths(dir);
  const host = '127.0.0.1';
  return {
    dir,
    ssh: {
      ...accessTo(world),
      knownHosts: sshFiles(dir).knownHosts,
      password: accounts.login.identity ? passwords.ssh : null,
    },
    mysql: { server, ...mysqlAccess(world) },
    postgres: {
      host,
      port: ports.postgres,
      user: 'app',
      password: passwords.postgresApp,
      adminUser: 'postgres',
      adminPassword: passwords.postgresAdmin,
      database: postgresDatabase,
    },
    supabase: await supabaseInfo(world, auth),
    mail: mailInfo(world),
    web: {
      url: `http://${host}:${ports.web}`,
      appPort: ports.app,
      bypassHeader,
      bypassValue: passwords.bypass,
    },
    git: { url: `file://${paths.repository}`, ...releases },
    vps: {
      home: paths.home,
      root: paths.root,
      releases: paths.releases,
      current: paths.current,
      oldRelease: join(paths.releases, oldRelease),
      newRelease: join(paths.releases, newRelease),
      uploads: paths.uploads,
      appName,
      workerName,
      strangerName,
      flagFile: paths.flagFile,
      backups: paths.backups,
      accessLog: paths.accessLog,
      pm2Logs: paths.pm2Logs,
    },
    users: { smoke: credentials(people.smoke), canary: credentials(people.canary) },
    seed: seedSizes(),
  };
};
