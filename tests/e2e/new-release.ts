/** The new release put on the VPS by hand, in the order of the runbook: what the browser test looks at is the app. */
import type { LabInfo } from '../../docker/native/lab.ts';
import { runOnVps } from '../../docker/native/session.ts';

const settings = ({ web, postgres, supabase }: LabInfo): string =>
  Object.entries({
    NODE_ENV: 'production',
    PORT: web.appPort,
    DATABASE_URL: `postgresql://${postgres.user}:${postgres.password}@${postgres.host}:${postgres.port}/${postgres.database}`,
    NEXT_PUBLIC_APP_URL: web.url,
    NEXT_PUBLIC_SUPABASE_URL: supabase.url,
    NEXT_PUBLIC_SUPABASE_ANON_KEY: supabase.anonKey,
    SUPABASE_URL: supabase.url,
    SUPABASE_SERVICE_ROLE_KEY: supabase.serviceRoleKey,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

export const closeDoors = ({ ssh, vps }: LabInfo, page: string): Promise<string> =>
  runOnVps(
    ssh,
    `cat > '${vps.flagFile}.new' <<'PAGE'\n${page}PAGE\nmv '${vps.flagFile}.new' '${vps.flagFile}'`,
  );

export const openDoors = ({ ssh, vps }: LabInfo): Promise<string> => runOnVps(ssh, `rm '${vps.flagFile}'`);

/** Release beside the old one, data migrated, link switched; the maintenance page is not changed. */
export const goLive = ({ ssh, vps, git, mysql, ...lab }: LabInfo): Promise<string> => {
  const at = vps.newRelease;
  const from = `mysql://${mysql.adminUser}:${mysql.adminPassword}@${mysql.host}:${mysql.port}/${mysql.database}`;
  return runOnVps(
    ssh,
    `git clone -q '${git.url}' '${at}'
cd '${at}'
git checkout -q --detach ${git.v2}
ln -s '${vps.uploads}' public/uploads
umask 077
cat > .env <<'ENV'
${settings({ ssh, vps, git, mysql, ...lab })}ENV
npm run --silent build
pm2 delete '${vps.appName}' '${vps.workerName}' >/dev/null
npm run --silent db:push
set -a; . ./.env; set +a
MYSQL_URL='${from}' node scripts/migrate-to-supabase.mjs
ln -sfn '${at}' '${vps.current}'
pm2 start '${vps.current}/ecosystem.config.cjs' >/dev/null
`,
  );
};
