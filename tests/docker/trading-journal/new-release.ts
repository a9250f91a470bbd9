/** The new release on the VPS, as the cutover puts it there: checked out, configured, built, switched to. */
import type { LabInfo } from '../../../docker/native/lab.ts';
import { runOnVps } from '../../../docker/native/session.ts';
import { databaseUrl } from './scripts.ts';

export const newEnv = (lab: LabInfo): string =>
  Object.entries({
    NODE_ENV: 'production',
    PORT: lab.web.appPort,
    DATABASE_URL: databaseUrl(lab),
    NEXT_PUBLIC_APP_URL: lab.web.url,
    NEXT_PUBLIC_SUPABASE_URL: lab.supabase.url,
    NEXT_PUBLIC_SUPABASE_ANON_KEY: lab.supabase.anonKey,
    SUPABASE_SERVICE_ROLE_KEY: lab.supabase.serviceRoleKey,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

export const checkOut = (lab: LabInfo, commit: string, at: string): Promise<string> =>
  runOnVps(lab.ssh, `git clone -q '${lab.git.url}' '${at}' && git -C '${at}' checkout -q --detach ${commit}`);

/** Answers what the build said; rejects with it when it failed. */
export const build = (lab: LabInfo, at: string, env: string): Promise<string> =>
  runOnVps(lab.ssh, `cd '${at}'\numask 077\ncat > .env <<'ENV'\n${env}ENV\nnpm run --silent build`);

export const switchTo = (lab: LabInfo, at: string): Promise<string> =>
  runOnVps(
    lab.ssh,
    `ln -sfn '${lab.vps.uploads}' '${at}/public/uploads'
ln -sfn '${at}' '${lab.vps.current}'
pm2 delete ${lab.vps.workerName} >/dev/null
pm2 reload '${lab.vps.current}/ecosystem.config.cjs' >/dev/null`,
  );

export const stopWorker = (lab: LabInfo): Promise<string> =>
  runOnVps(lab.ssh, `pm2 stop ${lab.vps.workerName} >/dev/null`);
