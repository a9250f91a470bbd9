/**
 * Two sites with several sections, as a company has that shards its data: a section is a MariaDB server in each site.
 * Both replicate from each other all the time, so that whichever is read-only follows the other one; one site at a
 * time takes writes.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { stringify } from 'yaml';
import { chooseAccounts } from '../native/accounts.ts';
import { provideDebs } from '../native/debs.ts';
import { withLock } from '../native/lock.ts';
import { provideMysql } from '../native/mysql-programs.ts';
import { openLabRoot } from '../native/place.ts';
import { freePorts } from '../native/ports.ts';
import { isAlive } from '../native/process-table.ts';
import { endServers, recorded } from '../native/servers.ts';
import { makeFolders, newPassword } from '../native/world.ts';
import { type Making, makeTemplate, startMariadb } from './mariadb.ts';

export const sites = ['east', 'west'] as const;
export type Site = (typeof sites)[number];

export interface Section {
  readonly name: string;
  readonly port: Readonly<Record<Site, number>>;
}

export interface SitesInfo {
  readonly dir: string;
  readonly sections: readonly Section[];
  /** Who carries out the switchover; may set `read_only`, and write in spite of it. */
  readonly admin: { readonly user: string; readonly password: string };
  /** Who writes in the name of the company's customers; `read_only` stops it. */
  readonly app: { readonly user: string; readonly password: string };
  /** Names the site that takes writes; a router of the company reads it. */
  readonly trafficFile: string;
}

const host = '127.0.0.1';
const infoFile = (dir: string): string => join(dir, 'sites.json');
export const sitesVarsFile = (dir: string): string => join(dir, 'vars.yaml');

/** Resolves once every section replicates in both directions, and only `east` takes writes. One that is up stays as it is. */
export const upSites = async (dir: string, names: readonly string[]): Promise<SitesInfo> => {
  const umask = process.umask(0o022);
  try {
    makeFolders(dir);
    return await withLock(dir, () => startUnlessUp(dir, names));
  } finally {
    process.umask(umask);
  }
};

const startUnlessUp = async (dir: string, names: readonly string[]): Promise<SitesInfo> => {
  if (existsSync(infoFile(dir)) && recorded(dir).some(isAlive))
    return JSON.parse(readFileSync(infoFile(dir), 'utf8'));
  await endServers(dir);
  try {
    return await start(dir, names);
  } catch (error) {
    await endServers(dir);
    throw error;
  }
};

const start = async (dir: string, names: readonly string[]): Promise<SitesInfo> => {
  const root = openLabRoot();
  const debs = await provideDebs(root);
  const programs = await provideMysql('mariadb', root, debs);
  const making: Making = { dir, accounts: chooseAccounts(), debs, programs };
  const ports = await freePorts(names.length * sites.length);
  const info: SitesInfo = {
    dir,
    sections: names.map((name, i) => ({
      name,
      port: { east: ports[2 * i] ?? 0, west: ports[2 * i + 1] ?? 0 },
    })),
    admin: { user: 'runbook', password: newPassword() },
    app: { user: 'app', password: newPassword() },
    trafficFile: join(dir, 'traffic'),
  };
  const replica = { user: 'replica', password: newPassword() };
  await makeTemplate(making);
  for (const [i, { name, port }] of info.sections.entries())
    await Promise.all(
      sites.map((site, at) =>
        startMariadb(making, {
          name: `${name}-${site}`,
          port: port[site],
          id: 2 * i + at + 1,
          domain: at + 1,
          accountsSql: accountsSql(info, replica),
        }),
      ),
    );
  await Promise.all(info.sections.map((section) => connect(info, section, replica)));
  writeFileSync(info.trafficFile, 'east\n');
  writeFileSync(infoFile(dir), JSON.stringify(info), { mode: 0o600 });
  writeFileSync(sitesVarsFile(dir), stringify(varsOf(info)));
  return info;
};

const varsOf = ({ sections, admin, trafficFile }: SitesInfo) => ({
  sections: sections.map(({ name, port }) => ({
    name,
    east: { host, port: port.east },
    west: { host, port: port.west },
  })),
  admin: admin.user,
  database: 'shop',
  traffic_file: trafficFile,
});

const accountsSql = (
  { admin, app }: SitesInfo,
  replica: { readonly user: string; readonly password: string },
): string => `
CREATE OR REPLACE USER ${admin.user}@'${host}' IDENTIFIED BY '${admin.password}';
GRANT ALL ON *.* TO ${admin.user}@'${host}';
CREATE OR REPLACE USER ${replica.user}@'${host}' IDENTIFIED BY '${replica.password}';
GRANT REPLICATION SLAVE ON *.* TO ${replica.user}@'${host}';
CREATE OR REPLACE USER ${app.user}@'${host}' IDENTIFIED BY '${app.password}';
GRANT ALL ON shop.* TO ${app.user}@'${host}';
`;

/** As administrator, on one server of a section. */
export const askSection = async (
  { admin }: SitesInfo,
  { port }: Section,
  site: Site,
  ...statements: readonly string[]
): Promise<readonly Record<string, unknown>[]> => {
  const connection = await mysql.createConnection({ host, port: port[site], ...admin });
  try {
    let rows: readonly Record<string, unknown>[] = [];
    for (const sql of statements) {
      const [answer] = await connection.query(sql);
      rows = Array.isArray(answer) ? (answer as Record<string, unknown>[]) : [];
    }
    return rows;
  } finally {
    await connection.end();
  }
};

const connect = async (
  info: SitesInfo,
  section: Section,
  replica: { readonly user: string; readonly password: string },
): Promise<void> => {
  const follow = (site: Site): readonly string[] => [
    `CHANGE MASTER TO MASTER_HOST='${host}', MASTER_PORT=${section.port[site]}, MASTER_USER='${replica.user}',
      MASTER_PASSWORD='${replica.password}', MASTER_USE_GTID=slave_pos, MASTER_CONNECT_RETRY=1`,
    'START SLAVE',
  ];
  await askSection(info, section, 'west', ...follow('east'));
  await askSection(
    info,
    section,
    'east',
    ...follow('west'),
    'CREATE DATABASE shop',
    'CREATE TABLE shop.orders (id INT AUTO_INCREMENT PRIMARY KEY, note VARCHAR(40), at TIMESTAMP(3) DEFAULT CURRENT_TIMESTAMP(3))',
    'CREATE TABLE shop.switchovers (run VARCHAR(64) PRIMARY KEY, at TIMESTAMP(3) DEFAULT CURRENT_TIMESTAMP(3))',
    'SET GLOBAL read_only = 0',
  );
};
