import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { LabInfo } from './info.ts';

export const varsFile = (dir: string): string => join(dir, 'vars.yaml');

/** The demo runbook's environment: what differs between a lab and the real night is in here and nowhere else. */
export const writeVars = (info: LabInfo): void => {
  const vars = {
    vps_host: info.ssh.host,
    vps_port: info.ssh.port,
    vps_user: info.ssh.user,
    vps_key: info.ssh.keyFile,
    vps_known_hosts: info.ssh.knownHosts,
    site: info.web.url,
    app: `http://127.0.0.1:${info.web.appPort}`,
    app_dir: info.vps.appDir,
    maintenance_flag: info.vps.flagFile,
    backups: info.vps.backups,
    mysql_port: info.mysql.port,
    mysql_user: info.mysql.user,
    mysql_database: info.mysql.database,
    old_commit: info.git.v1,
    new_commit: info.git.v2,
  };
  writeFileSync(varsFile(info.dir), stringify(vars));
};

/** The environment variables that the demo runbook reads its secrets from, and where lab.json has them. */
export const secretPaths = {
  MYSQL_PASSWORD: ['mysql', 'password'],
  SMOKE_TOKEN: ['web', 'bypassValue'],
} as const;

export const secretsOf = (info: LabInfo): Record<keyof typeof secretPaths, string> => ({
  MYSQL_PASSWORD: info.mysql.password,
  SMOKE_TOKEN: info.web.bypassValue,
});
