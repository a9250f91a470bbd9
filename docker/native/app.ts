/** The app on the VPS: a checkout of the old release, built and started by pm2, beside a stranger of its own. */
import { truncateSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Releases } from './git.ts';
import { smtpUser } from './inbox.ts';
import { LabError } from './lab-error.ts';
import { database } from './mysql.ts';
import { cloneDir } from './place.ts';
import { seedSizes } from './seed/sizes.ts';
import { runOnVps } from './session.ts';
import { accessTo } from './sshd.ts';
import { writeUploads } from './uploads.ts';
import { appName, oldRelease, strangerName, vpsPaths } from './vps.ts';
import type { World } from './world.ts';

const readyMs = 60_000;

/** Resets the VPS to the state before the cutover: old release, no flag, no backups, nothing else in pm2. */
export const deployOldRelease = async (world: World, releases: Releases): Promise<void> => {
  await installOldRelease(world, releases);
  await startOldRelease(world);
};

const onVps = (world: World, text: string): Promise<string> =>
  runOnVps(accessTo(world), text).catch((cause: Error) => {
    throw new LabError(
      `The VPS could not set up the app: ${cause.message}`,
      `If it names node_modules, make it readable to all: chmod -R a+rX ${cloneDir}/node_modules`,
      { cause },
    );
  });

/** Built, and nothing of it runs: the database need not be there yet. */
export const installOldRelease = async (world: World, releases: Releases): Promise<void> => {
  const { root, home, current, uploads, flagFile, backups, repository, stranger } = vpsPaths(world.dir);
  const release = `${vpsPaths(world.dir).releases}/${oldRelease}`;
  const begin = `
cd '${home}'
pm2 ping >/dev/null
pm2 delete all >/dev/null 2>&1 || true
rm -rf '${root}' '${stranger}' '${flagFile}' '${backups}'/*
mkdir -p '${release}' '${stranger}' '${uploads}'
`;
  const script = `
git clone -q 'file://${repository}' '${release}'
cd '${release}'
git checkout -q --detach ${releases.v1}
ln -s '${uploads}' public/uploads
ln -s 'releases/${oldRelease}' '${current}'
(
umask 077
cat > .env <<'ENV'
${oldEnv(world)}ENV
)
npm run --silent build
cat > '${stranger}/status-page.cjs' <<'SCRIPT'
${strangerScript}SCRIPT
cat > '${stranger}/ecosystem.config.cjs' <<'SCRIPT'
${strangerEcosystem}SCRIPT
`;
  await onVps(world, begin);
  writeUploads(world, seedSizes());
  await onVps(world, script);
};

export const startOldRelease = async (world: World): Promise<void> => {
  const { releases, current, stranger, accessLog } = vpsPaths(world.dir);
  const release = `${releases}/${oldRelease}`;
  await onVps(
    world,
    `cd '${release}' && pm2 start '${current}/ecosystem.config.cjs' '${stranger}/ecosystem.config.cjs' >/dev/null`,
  );
  await untilHealthy(world);
  truncateSync(accessLog);
};

/** As on the real VPS, names included: the new release's is made from it. */
const oldEnv = ({ ports, passwords }: World): string => `NODE_ENV=production
PORT=${ports.app}
DATABASE_URL=mysql://app:${passwords.mysqlApp}@127.0.0.1:${ports.mysql}/${database}
JWT_SECRET=${passwords.sessionSecret}
NEXT_PUBLIC_APP_URL=http://127.0.0.1:${ports.web}
# Mail of 1.4: recovery links
SMTP_HOST=127.0.0.1
SMTP_PORT=${ports.smtp}
SMTP_USER=${smtpUser}
SMTP_PASS=${passwords.smtp}
SMTP_FROM="Trading Journal <bonjour@trading-journal.test>"
SMTP_SECURE=false
`;

const strangerScript = `// Somebody else's: it has to run on, untouched, whatever happens next door.
setInterval(() => {}, 60_000);
`;

const strangerEcosystem = `module.exports = {
  apps: [{ name: '${strangerName}', script: 'status-page.cjs', cwd: __dirname }],
};
`;

/** pm2 says "online" of an app that dies at once: only its own answer counts. */
const untilHealthy = async ({ ports, dir }: World): Promise<void> => {
  // Through nginx, which is where users come in; in a container the app's own port is not reachable from here.
  const url = `http://127.0.0.1:${ports.web}/healthz`;
  for (const giveUp = Date.now() + readyMs; Date.now() < giveUp; await sleep(20)) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return;
  }
  throw new LabError(
    `${appName} does not answer ${url} after ${readyMs / 1000} s`,
    `Read ${vpsPaths(dir).home}/.pm2/logs`,
  );
};
