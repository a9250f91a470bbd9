/** The VPS: a home, the programs its sessions find, and a way to run something in a session. */
import { existsSync, lstatSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { LabError } from './lab-error.ts';
import { writeClients } from './mysql-programs.ts';
import { makeFolderFor } from './ownership.ts';
import { cloneDir, isOpenToAll } from './place.ts';
import { marker } from './servers.ts';
import type { NativeWorld, World } from './world.ts';

export const appName = 'trading-journal';
export const workerName = `${appName}-worker`;
/** Runs under the same pm2 and must not be touched by a cutover. */
export const strangerName = 'status-page';

export const oldRelease = '1.4.0';
export const newRelease = '2.0.0';

export const vpsPaths = (dir: string) => {
  const vps = join(dir, 'vps');
  const home = join(vps, 'home');
  const root = join(home, appName);
  return {
    home,
    root,
    /** One checkout each, by version; `current` is a link to the one that runs. */
    releases: join(root, 'releases'),
    current: join(root, 'current'),
    /** Screenshots outlive releases: each has a link to them in `public`. */
    uploads: join(root, 'shared', 'uploads'),
    stranger: join(home, strangerName),
    /** Outside the checkouts: `git clean` must not end the maintenance. */
    flagFile: join(home, 'cutover', 'maintenance'),
    backups: join(home, 'backups'),
    accessLog: join(home, 'logs', 'nginx-access.log'),
    pm2Logs: join(home, '.pm2', 'logs'),
    bin: join(vps, 'bin'),
    /** Where the clone's node_modules and the machine's npm appear to the VPS. */
    modules: join(vps, 'node_modules'),
    npm: join(vps, 'npm'),
    repository: join(vps, 'git', `${appName}.git`),
  };
};

/** What the VPS sees of this machine, by the path it sees it at. */
export const sharedFolders = (dir: string): [source: string, seenAt: string][] => {
  const { modules, npm } = vpsPaths(dir);
  return [
    [join(cloneDir, 'node_modules'), modules],
    [npmFolder(), npm],
  ];
};

const onPath = (tool: string): string => {
  const found = (process.env.PATH ?? '').split(delimiter).find((dir) => existsSync(join(dir, tool)));
  if (!found) throw new LabError(`${tool} is not on PATH`, `Install ${tool}`);
  return join(found, tool);
};

/** npm names itself to its scripts; run without npm, the one on PATH. */
const npmFolder = (): string => {
  const self = process.env.npm_execpath;
  return dirname(dirname(realpathSync(self?.endsWith('npm-cli.js') ? self : onPath('npm'))));
};

/** Where it can't mount what it shares with the machine, it has links to it. */
export const makeVps = (world: NativeWorld): void => {
  const paths = vpsPaths(world.dir);
  const { identity } = world.accounts.login;
  makeFolderFor(identity, paths.home, 0o755);
  for (const folder of [dirname(paths.flagFile), paths.backups]) makeFolderFor(identity, folder, 0o755);
  for (const [source, seenAt] of sharedFolders(world.dir))
    if (world.accounts.known === 'mounts') replaceFolder(seenAt);
    else replaceLink(reachable(world, source), seenAt);
  // Node looks for packages in every folder above the checkout: none of them lands inside it.
  replaceLink(paths.modules, join(paths.home, 'node_modules'));
  writePrograms(world);
};

const replaceFolder = (at: string): void => {
  if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(at);
  mkdirSync(at, { recursive: true });
};

const reachable = ({ accounts }: World, folder: string): string => {
  if (accounts.known === 'wrapper' && !isOpenToAll(folder))
    throw new LabError(
      `The lab's own user can't get to ${folder}`,
      'Clone to (and keep npm in) folders that everybody may enter, or run as an ordinary user',
    );
  return folder;
};

const replaceLink = (to: string, at: string): void => {
  if (lstatSync(at, { throwIfNoEntry: false })) rmSync(at, { recursive: true });
  symlinkSync(to, at);
};

const writePrograms = ({ dir, mysql }: NativeWorld): void => {
  const { bin, modules, npm } = vpsPaths(dir);
  mkdirSync(bin, { recursive: true, mode: 0o755 });
  replaceLink(join(modules, 'node', 'bin', 'node'), join(bin, 'node'));
  replaceLink(join(modules, 'pm2', 'bin', 'pm2'), join(bin, 'pm2'));
  replaceLink(join(npm, 'bin', 'npm-cli.js'), join(bin, 'npm'));
  replaceLink(realpathSync(onPath('git')), join(bin, 'git'));
  // Of another server than this lab's: its clients would be found too.
  for (const tool of ['mariadb', 'mariadb-dump', 'mysql', 'mysqldump'])
    rmSync(join(bin, tool), { force: true });
  writeClients(mysql, bin);
};

/** Environment of every session: the programs above first, nothing of the machine's own home. */
export const sessionEnv = (dir: string): Record<string, string> => {
  const { bin, home } = vpsPaths(dir);
  return {
    PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    PM2_HOME: join(home, '.pm2'),
    LC_ALL: 'C.UTF-8',
    [marker]: dir,
  };
};
