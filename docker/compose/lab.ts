/**
 * Brings the compose lab up: files first, then the servers, then what the native lab puts into them too. Not run
 * where it was written, for want of a container engine.
 */
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { deployOldRelease } from '../native/app.ts';
import { makeRepository } from '../native/git.ts';
import type { LabInfo } from '../native/info.ts';
import { describe } from '../native/lab.ts';
import { LabError } from '../native/lab-error.ts';
import { withLock } from '../native/lock.ts';
import { seedMysql } from '../native/mysql.ts';
import { nginxConfig } from '../native/nginx.ts';
import { makeFolderFor, writeFileFor } from '../native/ownership.ts';
import { cloneDir, infoFile } from '../native/place.ts';
import { writeSshFiles } from '../native/sshd.ts';
import { writeVars } from '../native/vars.ts';
import { vpsPaths } from '../native/vps.ts';
import { makeFolders, type World } from '../native/world.ts';
import { makeAccounts } from './accounts.ts';
import { authVersion, composeDir, composeInfo, envFiles, openComposeWorld } from './world.ts';

const everywhere = '0.0.0.0';

/** A lab that is up is seeded anew in MySQL and on the VPS; Supabase's side is emptied by `down` only. */
export const up = async (uid: number): Promise<LabInfo> => {
  await requireEngine();
  const dir = composeDir();
  const umask = process.umask(0o022);
  try {
    makeFolders(dir);
    return await withLock(dir, () => start(dir, uid));
  } finally {
    process.umask(umask);
  }
};

const start = async (dir: string, uid: number): Promise<LabInfo> => {
  const world = await openComposeWorld(uid, existsSync(infoFile(dir)));
  await writeFiles(world, uid);
  const releases = await makeRepository(world);
  await compose(dir, 'up', '--detach', '--build', '--wait', 'vps', 'web', 'mysql', 'postgres', 'inbox');
  await makeAccounts(world);
  await Promise.all([seedMysql(world), compose(dir, 'up', '--detach', '--wait', 'auth', 'supabase')]);
  await deployOldRelease(world, releases);
  const info = composeInfo(await describe(world, releases, authVersion, 'mysql8'), world);
  writeFileSync(infoFile(dir), `${JSON.stringify(info, null, 2)}\n`, { mode: 0o600 });
  writeVars(info);
  return info;
};

/** Ends the servers and throws their data away. False: there was nothing. */
export const down = async (): Promise<boolean> => {
  const dir = composeDir();
  if (!existsSync(join(dir, 'compose.env'))) return false;
  await requireEngine();
  await compose(dir, 'down', '--volumes', '--remove-orphans');
  rmSync(infoFile(dir), { force: true });
  return true;
};

/** Everything that compose.yaml mounts or reads: a folder that is missing would be made by the engine, as root's. */
export const writeFiles = async (world: World, uid: number): Promise<void> => {
  const { dir } = world;
  const { identity } = world.accounts.login;
  const paths = vpsPaths(dir);
  for (const folder of [paths.home, dirname(paths.flagFile), paths.backups, dirname(paths.accessLog)])
    makeFolderFor(identity, folder, 0o755);
  mkdirSync(paths.modules, { recursive: true, mode: 0o755 });
  // nginx appends as root; the deploy user empties it.
  writeFileFor(identity, paths.accessLog, '', 0o644);
  const link = join(paths.home, 'node_modules');
  rmSync(link, { force: true });
  symlinkSync(paths.modules, link);
  mkdirSync(join(dir, 'nginx'), { recursive: true, mode: 0o755 });
  // Holds the smoke token. The image's master process reads it as root.
  writeFileSync(join(dir, 'nginx', 'nginx.conf'), nginxConfig(world, '/var/cache/nginx', everywhere), {
    mode: 0o600,
  });
  writeSshFiles(world, everywhere);
  for (const [file, text] of Object.entries(await envFiles(world, uid)))
    writeFileSync(file, text, { mode: 0o600 });
};

const compose = async (dir: string, ...args: string[]): Promise<void> => {
  const file = join(cloneDir, 'docker', 'compose.yaml');
  const env = join(dir, 'compose.env');
  await execa('docker', ['compose', '--file', file, '--env-file', env, ...args], {
    // Its progress is for people; stdout stays for what they copy.
    stdio: ['ignore', process.stderr, process.stderr],
  }).catch((cause: unknown) => {
    throw new LabError(
      `docker compose ${args[0]} failed`,
      `See the output above, and: docker compose -p runbook-lab logs; or use the native lab: npm run lab -- up`,
      { cause },
    );
  });
};

const requireEngine = async (): Promise<void> => {
  await execa('docker', ['compose', 'version']).catch((cause: unknown) => {
    throw new LabError(
      'There is no Docker with Compose here',
      'Use the native lab, which needs none: npm run lab -- up',
      { cause },
    );
  });
};
