/** The app on the VPS: a checkout of the old release, built and started by pm2. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Releases } from './git.ts';
import { LabError } from './lab-error.ts';
import { database } from './mariadb.ts';
import { cloneDir } from './place.ts';
import { runOnVps } from './session.ts';
import { accessTo } from './sshd.ts';
import { appName, vpsPaths } from './vps.ts';
import type { World } from './world.ts';

const readyMs = 15_000;

/** Brings the VPS back to the night before: old release, no flag, no backups, nothing else in pm2. */
export const deployOldRelease = async (world: World, releases: Releases): Promise<void> => {
  const { appDir, home, flagFile, backups, repository } = vpsPaths(world.dir);
  const { ports, passwords } = world;
  const script = `
cd '${home}'
pm2 ping >/dev/null
pm2 delete all >/dev/null 2>&1 || true
rm -rf '${appDir}' '${flagFile}' '${backups}'/*
git clone -q 'file://${repository}' '${appDir}'
cd '${appDir}'
git checkout -q --detach ${releases.v1}
umask 077
cat > .env <<'ENV'
PORT=${ports.app}
DATABASE_URL=mysql://app:${passwords.mysqlApp}@127.0.0.1:${ports.mysql}/${database}
PUBLIC_ORIGIN=http://127.0.0.1:${ports.web}
ENV
npm run --silent build
pm2 start ecosystem.config.cjs >/dev/null
`;
  await runOnVps(accessTo(world), script).catch((cause: Error) => {
    throw new LabError(
      `The VPS could not set up the app: ${cause.message}`,
      `If it names node_modules, make it readable to all: chmod -R a+rX ${cloneDir}/node_modules`,
      { cause },
    );
  });
  await untilHealthy(world);
};

/** pm2 says "online" of an app that dies at once: only its own answer counts. */
const untilHealthy = async ({ ports, dir }: World): Promise<void> => {
  const url = `http://127.0.0.1:${ports.app}/healthz`;
  for (const giveUp = Date.now() + readyMs; Date.now() < giveUp; await sleep(20)) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return;
  }
  throw new LabError(
    `${appName} does not answer ${url} after ${readyMs / 1000} s`,
    `Read ${vpsPaths(dir).home}/.pm2/logs`,
  );
};
