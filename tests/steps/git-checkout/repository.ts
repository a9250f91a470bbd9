/** Repositories of the tests' own, made at a place. */
import type { Shell } from '../../../steps/_work/shell.ts';

/** Runs a script at the place, as a person would at its prompt; answers its stdout. */
export const at = async (shell: Shell, script: string, ...args: string[]): Promise<string> => {
  const { exitCode, stdout, stderr } = await shell.exec(['sh', '-ec', script, 'sh', ...args]);
  if (exitCode !== 0) throw new Error(`${script}: ${Buffer.from(stderr)}`);
  return Buffer.from(stdout).toString().trim();
};

/** Two commits: a.txt `one`, then `two` beside a new b.txt; answers both hashes. */
export const makeRepository = async (shell: Shell, path: string): Promise<{ v1: string; v2: string }> => {
  const made = await at(
    shell,
    `
export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t.test GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t.test
git init -q -b main "$1"; cd "$1"
echo one >a.txt; git add -A; git commit -qm one; git rev-parse HEAD
echo two >a.txt; echo new >b.txt; git add -A; git commit -qm two; git rev-parse HEAD
echo three >a.txt; git commit -qam three`,
    path,
  );
  const [v1 = '', v2 = ''] = made.split('\n');
  return { v1, v2 };
};
