/** A pm2 of the test's own, at a place: its daemon and its apps are gone when the test is. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { vpsPaths } from '../../../docker/native/vps.ts';
import type { Shell } from '../../../steps/_work/shell.ts';
import type { LabInfo } from '../../support/lab.ts';
import { type Place, withEnv } from '../../support/place.ts';

export interface OwnPm2 {
  readonly shell: Shell;
  readonly home: string;
  /** Runs a script at the place with this pm2, and answers its stdout. */
  at(script: string, ...args: string[]): Promise<string>;
  /** name -> pid and restarts of every app. */
  apps(): Promise<Record<string, { pid: number; restarts: number; status: string; cwd: string }>>;
}

/** Its folder must be short: a socket's path holds some hundred characters. */
export const useOwnPm2 = (lab: LabInfo, { dir, shell }: Place): OwnPm2 => {
  const home = join(dir, '.pm2');
  const path = shell.place === 'local' ? { PATH: `${vpsPaths(lab.dir).bin}:${process.env.PATH}` } : {};
  const own = withEnv(shell, { ...path, PM2_HOME: home });
  const at = async (script: string, ...args: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await own.exec(['sh', '-ec', script, 'sh', ...args]);
    if (exitCode !== 0) throw new Error(`${script}: ${Buffer.from(stderr)}`);
    return Buffer.from(stdout).toString();
  };
  onTestFinished(async () => {
    const pid = Number(await readFile(join(home, 'pm2.pid'), 'utf8').catch(() => 0));
    await at('[ ! -S "$PM2_HOME/rpc.sock" ] || pm2 kill').catch(
      () => pid > 1 && process.kill(pid, 'SIGKILL'),
    );
  });
  const apps = async () => {
    const list: {
      name: string;
      pid: number;
      pm2_env: { restart_time: number; status: string; pm_cwd: string };
    }[] = JSON.parse(await at('PM2_SILENT=true pm2 jlist'));
    return Object.fromEntries(
      list.map(({ name, pid, pm2_env: { restart_time: restarts, status, pm_cwd: cwd } }) => [
        name,
        { pid, restarts, status, cwd },
      ]),
    );
  };
  return { shell: own, home, at, apps };
};

/** An ecosystem file and what it starts; `apps` are entries of it as JavaScript. */
export const writeApp = async (pm2: OwnPm2, folder: string, apps: string): Promise<string> => {
  const ecosystem = `${folder}/ecosystem.config.cjs`;
  const put = 'mkdir -p "$1" && cat >"$1/$2"';
  for (const [name, text] of [
    ['app.cjs', 'setInterval(() => {}, 1000);\n'],
    ['ecosystem.config.cjs', `module.exports = { apps: [${apps}] };\n`],
  ] as const)
    await pm2.shell.exec(['sh', '-c', put, 'sh', folder, name], { stdin: text });
  return ecosystem;
};
