/** What is killed: a runbook with every kind of act whose effects can be counted from outside. */
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { LabInfo } from '../../docker/native/lab.ts';

type Yaml = Readonly<Record<string, unknown>>;

export interface Ground {
  readonly lab: LabInfo;
  /** Where the operator sits. */
  readonly cwd: string;
  /** On the VPS; the same path is seen from here. */
  readonly vps: string;
  /** Of both servers. */
  readonly database: string;
}

/** Ids of the acts, by what keeps their effects. */
export const acts = {
  local: ['local-1', 'local-2'],
  ssh: ['ssh-1', 'ssh-2'],
  mysql: ['mysql-direct', 'mysql-ssh'],
  postgres: ['postgres-direct', 'postgres-ssh', 'postgres-beside'],
} as const;

/** Says that it began and that it ended: two that run side by side, or one that runs twice, can be seen. */
const command = (id: string, place: string, cwd: string): Yaml => ({
  id,
  type: 'command',
  run_on: place,
  with: { run: `echo 'begin ${id}' >>did; sleep 0.2; echo 'end ${id}' >>did`, cwd },
  rollback: {
    undo: [{ type: 'command', run_on: place, with: { run: `echo 'undo ${id}' >>did`, cwd } }],
  },
});

const query = (id: string, type: string, target: string, sql: string): Yaml => ({
  id,
  type,
  target,
  with: {
    sql,
    effects: 'write',
    expect: { affected: 1 },
    probe: `SELECT COUNT(*) FROM effects WHERE act = '${id}'`,
  },
  rollback: {
    undo: [
      {
        type,
        target,
        with: {
          sql: `DELETE FROM effects WHERE act = '${id}'`,
          effects: 'write',
          probe: `SELECT COUNT(*) = 0 FROM effects WHERE act = '${id}'`,
        },
      },
    ],
  },
});

const mysqlQuery = (id: string, target: string): Yaml =>
  query(id, 'mysql.query', target, `INSERT INTO effects SELECT '${id}', SLEEP(0.1)`);

/** Its COMMIT is slow: a deferred trigger of the table sleeps in it. */
const postgresQuery = (id: string, target: string): Yaml =>
  query(id, 'postgres.query', target, `INSERT INTO effects (act) VALUES ('${id}')`);

/** `ends`: good, or with a failure that rolls everything back. */
export const runbookOf = ({ lab, cwd, vps, database }: Ground, ends: 'good' | 'bad'): string => {
  const { ssh, mysql, postgres } = lab;
  const server = (
    type: string,
    { host, port, adminUser }: typeof mysql | typeof postgres,
    secret: string,
  ) => ({
    type,
    host,
    port,
    user: adminUser,
    password: `\${{ secrets.${secret} }}`,
    database,
  });
  return stringify({
    version: 1,
    name: 'chaos',
    secrets: { mysql_password: { env: 'MYSQL_PASSWORD' }, postgres_password: { env: 'POSTGRES_PASSWORD' } },
    targets: {
      vps: {
        type: 'ssh',
        host: ssh.host,
        port: ssh.port,
        user: ssh.user,
        key_file: ssh.keyFile,
        known_hosts: ssh.knownHosts,
        state_dir: join(vps, 'state'),
      },
      mysql: server('mysql', mysql, 'mysql_password'),
      'mysql-there': { ...server('mysql', mysql, 'mysql_password'), via: 'vps' },
      postgres: server('postgres', postgres, 'postgres_password'),
      'postgres-there': { ...server('postgres', postgres, 'postgres_password'), via: 'vps' },
    },
    steps: [
      command('local-1', 'local', cwd),
      command('ssh-1', 'vps', vps),
      mysqlQuery('mysql-direct', 'mysql'),
      postgresQuery('postgres-direct', 'postgres'),
      mysqlQuery('mysql-ssh', 'mysql-there'),
      postgresQuery('postgres-ssh', 'postgres-there'),
      {
        parallel: [
          command('local-2', 'local', cwd),
          command('ssh-2', 'vps', vps),
          postgresQuery('postgres-beside', 'postgres'),
        ],
      },
      {
        id: 'verdict',
        type: 'assert',
        with: { all: [{ that: ends === 'good', message: 'this one is rolled back' }] },
        on_failure: 'rollback',
      },
    ],
  });
};
