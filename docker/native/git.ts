/** The app's repository: three pinned commits with the same hashes on every machine. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { giveTo } from './ownership.ts';
import { cloneDir } from './place.ts';
import { runTool } from './run-tool.ts';
import { vpsPaths } from './vps.ts';
import type { World } from './world.ts';

export interface Releases {
  /** 1.4.0, on MySQL. */
  readonly v1: string;
  /** 2.0.0, on Supabase. */
  readonly v2: string;
  /** 2.0.0, but its migration cuts prices to four decimals: what the comparison has to find. */
  readonly faulty: string;
}

const commits = [
  { release: 'v1', message: 'Trading Journal 1.4', date: '2026-01-05T09:00:00Z', from: ['common', 'old'] },
  { release: 'v2', message: 'Trading Journal 2.0', date: '2026-01-12T09:00:00Z', from: ['common', 'new'] },
  {
    release: 'faulty',
    message: 'Prices as the chart shows them',
    date: '2026-01-12T18:00:00Z',
    from: ['common', 'new', 'faulty'],
  },
] as const;

/** No hook, signature or line ending of the machine's own settings: the hashes would differ. */
const gitEnv = (date: string): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_TEMPLATE_DIR: '',
  GIT_AUTHOR_NAME: 'lab',
  GIT_AUTHOR_EMAIL: 'lab@lab.test',
  GIT_AUTHOR_DATE: date,
  GIT_COMMITTER_NAME: 'lab',
  GIT_COMMITTER_EMAIL: 'lab@lab.test',
  GIT_COMMITTER_DATE: date,
});

/** Made anew each time: cheap, and a rehearsal may have pushed to it. Owned by the login user, else git refuses it. */
export const makeRepository = async (world: World): Promise<Releases> => {
  const { repository } = vpsPaths(world.dir);
  rmSync(repository, { recursive: true, force: true });
  mkdirSync(dirname(repository), { recursive: true, mode: 0o755 });
  const work = mkdtempSync(join(dirname(repository), 'work-'));
  const git = (date: string, ...args: string[]) => runTool('git', args, { cwd: work, env: gitEnv(date) });
  const hashes: Record<string, string> = {};
  try {
    await git('', 'init', '-q', '-b', 'main', '--object-format=sha1', '.');
    for (const { release, message, date, from } of commits) {
      emptyTree(work);
      for (const source of from)
        cpSync(join(cloneDir, 'docker', 'trading-journal', source), work, { recursive: true });
      await git(date, 'add', '-A');
      await git(date, 'commit', '-q', '-m', message);
      hashes[release] = (await git(date, 'rev-parse', 'HEAD')).trim();
    }
    await git('', 'clone', '-q', '--bare', '.', repository);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  giveTo(world.accounts.login.identity, repository);
  return hashes as Record<keyof Releases, string>;
};

const emptyTree = (work: string): void => {
  for (const name of readdirSync(work)) if (name !== '.git') rmSync(join(work, name), { recursive: true });
};
