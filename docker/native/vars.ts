import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { LabInfo } from './info.ts';

export const varsFile = (dir: string): string => join(dir, 'vars.yaml');

/** The flagship's environment: all differences between a lab and production are in here. */
export const writeVars = (info: LabInfo): void => {
  writeFileSync(varsFile(info.dir), stringify(varsOf(info)));
};

/** Below the lab's GOTRUE_RATE_LIMIT_EMAIL_SENT; a real project's own limit belongs in its own vars. */
const mailsPerHour = 36_000;

const varsOf = ({ dir, ssh, web, vps, git, mysql, postgres, supabase, mail, users, seed }: LabInfo) => ({
  vps_host: ssh.host,
  vps_port: ssh.port,
  vps_user: ssh.user,
  vps_key: ssh.keyFile,
  vps_known_hosts: ssh.knownHosts,
  site: web.url,
  app_port: web.appPort,
  app_url: `http://127.0.0.1:${web.appPort}`,
  app_root: vps.root,
  releases: vps.releases,
  current: vps.current,
  uploads: vps.uploads,
  old_release_dir: vps.oldRelease,
  new_release_dir: vps.newRelease,
  maintenance_flag: vps.flagFile,
  backups: vps.backups,
  access_log: vps.accessLog,
  pm2_logs: vps.pm2Logs,
  repository: git.url,
  old_commit: git.v1,
  new_commit: git.v2,
  mysql_host: mysql.host,
  mysql_port: mysql.port,
  mysql_user: mysql.user,
  mysql_admin_user: mysql.adminUser,
  mysql_database: mysql.database,
  postgres_host: postgres.host,
  postgres_port: postgres.port,
  postgres_user: postgres.user,
  postgres_database: postgres.database,
  supabase_url: supabase.url,
  // One project serves the rehearsal and the run: the rehearsal leaves it empty.
  rehearsal_dir: join(vps.releases, 'rehearsal'),
  rehearsal_postgres_host: postgres.host,
  rehearsal_postgres_port: postgres.port,
  rehearsal_postgres_user: postgres.user,
  rehearsal_postgres_database: postgres.database,
  rehearsal_supabase_url: supabase.url,
  smtp_host: mail.smtpHost,
  smtp_port: mail.smtpPort,
  smtp_user: mail.user,
  mail_from: mail.from,
  inbox_url: mail.inboxUrl,
  mails_per_hour: mailsPerHour,
  project_memory: join(dir, 'PROJECT_MEMORY.md'),
  lessons: join(dir, 'lessons-learned.md'),
  archive_note: join(dir, 'archive-mysql.md'),
  smoke_email: users.smoke.email,
  canary_email: users.canary.email,
  expected_users: seed.users,
});

/** The environment variables that the flagship reads its secrets from, and where lab.json has them. */
export const secretPaths = {
  MYSQL_PASSWORD: ['mysql', 'password'],
  MYSQL_APP_PASSWORD: ['mysql', 'password'],
  MYSQL_ADMIN_PASSWORD: ['mysql', 'adminPassword'],
  POSTGRES_PASSWORD: ['postgres', 'password'],
  REHEARSAL_POSTGRES_PASSWORD: ['postgres', 'password'],
  SUPABASE_ANON_KEY: ['supabase', 'anonKey'],
  SUPABASE_SERVICE_ROLE_KEY: ['supabase', 'serviceRoleKey'],
  REHEARSAL_SUPABASE_SERVICE_ROLE_KEY: ['supabase', 'serviceRoleKey'],
  SMTP_PASSWORD: ['mail', 'password'],
  ALERT_WEBHOOK_URL: ['mail', 'alertUrl'],
  SMOKE_TOKEN: ['web', 'bypassValue'],
  SMOKE_PASSWORD: ['users', 'smoke', 'password'],
  CANARY_PASSWORD: ['users', 'canary', 'password'],
} as const;

export const secretsOf = (info: LabInfo): Record<keyof typeof secretPaths, string> => ({
  MYSQL_PASSWORD: info.mysql.password,
  MYSQL_APP_PASSWORD: info.mysql.password,
  MYSQL_ADMIN_PASSWORD: info.mysql.adminPassword,
  POSTGRES_PASSWORD: info.postgres.password,
  REHEARSAL_POSTGRES_PASSWORD: info.postgres.password,
  SUPABASE_ANON_KEY: info.supabase.anonKey,
  SUPABASE_SERVICE_ROLE_KEY: info.supabase.serviceRoleKey,
  REHEARSAL_SUPABASE_SERVICE_ROLE_KEY: info.supabase.serviceRoleKey,
  SMTP_PASSWORD: info.mail.password,
  ALERT_WEBHOOK_URL: info.mail.alertUrl,
  SMOKE_TOKEN: info.web.bypassValue,
  SMOKE_PASSWORD: info.users.smoke.password,
  CANARY_PASSWORD: info.users.canary.password,
});
