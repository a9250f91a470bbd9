/**
 * Debian's programs without installing them: packages are downloaded and unpacked into a folder, so no
 * service starts and no file, port or user of the machine is touched.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { LabError } from './lab-error.ts';
import { moveUnlessThere } from './move-folder.ts';
import { runTool } from './run-tool.ts';

const servers = [
  'mariadb-server-core',
  'mariadb-client',
  'mariadb-client-core',
  'nginx',
  'nginx-common',
  'openssh-server',
  'openssh-sftp-server',
  'libnss-wrapper',
];

export interface Debs {
  bin(path: string): string;
  /** Path of one of its shared libraries. */
  library(name: string): string;
  readonly prefix: string;
  /** For the programs under `prefix` only: anything else would load libraries it was not built with. */
  readonly env: { readonly LD_LIBRARY_PATH: string };
}

/** Another release than the machine's own. */
export interface PackageSource {
  readonly name: string;
  /** Options of apt-get for it; its files go below `work`. Throws LabError if it is not available. */
  options(work: string): Promise<readonly string[]>;
  /** Dependencies that are not needed here. */
  readonly leaves: RegExp;
}

const librariesIn = (prefix: string): string[] =>
  ['usr/lib', 'lib'].flatMap((lib) => tripletsIn(join(prefix, lib)));

const tripletsIn = (lib: string): string[] =>
  existsSync(lib)
    ? readdirSync(lib)
        .filter((name) => name.endsWith('-linux-gnu'))
        .map((name) => join(lib, name))
    : [];

/** The servers of the lab: some 6 s and 25 MB of download on first use. */
export const provideDebs = (root: string): Promise<Debs> => providePackages(root, servers);

/** Unpacks on first use, with what the machine lacks of their dependencies; later calls find it in `root`. */
export const providePackages = async (
  root: string,
  wanted: readonly string[],
  source?: PackageSource,
): Promise<Debs> => {
  const name = createHash('sha256')
    .update([...wanted, ...(source ? [source.name] : [])].join())
    .digest('hex');
  const prefix = join(root, `debs-${name.slice(0, 8)}`);
  if (!existsSync(prefix)) await unpackInto(prefix, root, wanted, source);
  return {
    prefix,
    bin: (path) => join(prefix, path),
    library: (name) =>
      librariesIn(prefix)
        .map((lib) => join(lib, name))
        .find(existsSync) ?? name,
    env: { LD_LIBRARY_PATH: librariesIn(prefix).join(':') },
  };
};

/** Unpacked beside and renamed: a killed or concurrent download never leaves half a prefix. */
const unpackInto = async (
  prefix: string,
  root: string,
  wanted: readonly string[],
  source?: PackageSource,
): Promise<void> => {
  requireApt(wanted);
  const work = mkdtempSync(join(root, 'debs-'));
  try {
    const [downloads, fresh] = [join(work, 'download'), join(work, 'prefix')];
    for (const dir of [downloads, fresh]) mkdirSync(dir, { mode: 0o755 });
    await (source ? downloadFrom(source, downloads, work, wanted) : download(downloads, work, wanted));
    for (const deb of readdirSync(downloads)) await runTool('dpkg', ['-x', join(downloads, deb), fresh]);
    writeFileSync(join(fresh, 'packages'), `${readdirSync(downloads).join('\n')}\n`);
    moveUnlessThere(fresh, prefix);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};

const requireApt = (wanted: readonly string[]): void => {
  const path = (process.env.PATH ?? '').split(delimiter);
  const missing = ['apt-get', 'dpkg'].filter((tool) => !path.some((dir) => existsSync(join(dir, tool))));
  if (missing.length > 0)
    throw new LabError(
      `The native lab takes ${wanted[0]} and others from Debian packages, but there is no ${missing.join(' and no ')} here`,
      'Use Debian 12 or later, or Ubuntu 24.04 or later (a container of one will do)',
    );
};

const ownOptions = (work: string): string[] => [
  ...(process.geteuid?.() === 0 ? ['-o', 'APT::Sandbox::User=root'] : []),
  // Even a simulated install would write to the machine's own log.
  ...['-o', `Dir::Log=${work}`],
];

const downloadFrom = async (
  source: PackageSource,
  into: string,
  work: string,
  wanted: readonly string[],
): Promise<void> => {
  const options = [...ownOptions(work), ...(await source.options(work))];
  await runTool('apt-get', ['update', '-qq', ...options]);
  await downloadWith(options, into, wanted, source.leaves);
};

/** With the machine's package lists; when they are missing or stale, with private ones. */
const download = async (into: string, work: string, wanted: readonly string[]): Promise<void> => {
  const asRoot = ownOptions(work);
  try {
    await downloadWith(asRoot, into, wanted);
  } catch {
    const lists = join(work, 'lists');
    mkdirSync(join(lists, 'partial'), { recursive: true });
    const apart = [...asRoot, '-o', `Dir::State::Lists=${lists}`, '-o', `Dir::Cache=${work}`];
    await runTool('apt-get', ['update', '-qq', ...apart]);
    await downloadWith(apart, into, wanted);
  }
};

const downloadWith = async (
  options: readonly string[],
  into: string,
  wanted: readonly string[],
  leaves = /^$/,
): Promise<void> => {
  const needed = (await dependencies(options, wanted)).filter((name) => !leaves.test(name));
  await runTool('apt-get', [...options, '-qq', 'download', ...new Set([...wanted, ...needed])], {
    cwd: into,
  });
};

/** What the machine lacks of their dependencies; a machine with conflicting servers has the libraries already. */
const dependencies = async (options: readonly string[], wanted: readonly string[]): Promise<string[]> => {
  try {
    const plan = await runTool('apt-get', [
      ...options,
      'install',
      '-s',
      '--no-install-recommends',
      ...wanted,
    ]);
    return plan.split('\n').flatMap((line) => /^Inst (\S+) \(/.exec(line)?.[1] ?? []);
  } catch {
    return [];
  }
};
