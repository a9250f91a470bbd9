/** A folder of its own for a test, and the shell of this machine. */
import { lstat, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { localShell } from '../_targets/local/local-shell.ts';
import type { Shell } from '../_work/shell.ts';

export interface Place {
  readonly dir: string;
  readonly shell: Shell;
  /** Content, mode and owner of everything in `dir`, by path: what "byte for byte" is compared with. */
  image(): Promise<Readonly<Record<string, string>>>;
}

export const imageOf = async (dir: string): Promise<Readonly<Record<string, string>>> => {
  const names = await readdir(dir, { recursive: true });
  const entries = names.sort().map(async (name) => {
    const { mode, uid, gid } = await lstat(join(dir, name));
    const bytes = await readFile(join(dir, name)).catch(() => Buffer.alloc(0));
    return [name, `${mode.toString(8)} ${uid}:${gid} ${bytes.toString('base64')}`] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
};

/** The same place, where all that is run has these variables too. */
export const withEnv = (shell: Shell, env: Readonly<Record<string, string>>): Shell => {
  const exec: Shell['exec'] = (argv, options) =>
    shell.exec(argv, { ...options, env: { ...env, ...options?.env } });
  const { supervisor } = shell;
  if (supervisor === undefined) return { ...shell, exec };
  const start: typeof supervisor.start = (job, work) =>
    supervisor.start(job, { ...work, env: { ...env, ...work.env } });
  return { ...shell, exec, supervisor: { ...supervisor, start } };
};

/** A folder of its own on this machine, with a state folder beside it; gone when the test is. */
export const usePlace = async (env: Readonly<Record<string, string>> = {}): Promise<Place> => {
  const root = await mkdtemp(join(tmpdir(), 'runbook-place-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const dir = await mkdtemp(join(root, 'files-'));
  const shell = withEnv(localShell('local', join(root, 'state')), env);
  return { dir, shell, image: () => imageOf(dir) };
};
