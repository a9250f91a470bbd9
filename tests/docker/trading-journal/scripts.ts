/** The new release's scripts, run as the runbook runs them: everything they need in the environment. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { LabInfo } from '../../../docker/native/lab.ts';
import { compileCache } from '../../../docker/native/node-server.ts';
import { cloneDir } from '../../../docker/native/place.ts';

export interface Outcome {
  readonly code: number | null;
  readonly stderr: string;
  /** The last line of stdout; null when there was none. */
  readonly result: Record<string, unknown> | null;
}

export interface Running {
  readonly outcome: Promise<Outcome>;
  /** Resolves when stderr holds `text`. */
  told(text: string): Promise<void>;
  kill(): void;
}

const folder = join(cloneDir, 'docker', 'trading-journal', 'new');

export const startScript = (name: string, env: Record<string, string>, args: string[] = []): Running => {
  const child = spawn(process.execPath, [join('scripts', name), ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...compileCache(), ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const outcome = new Promise<Outcome>((resolve) => {
    child.once('close', (code) => {
      const last = stdout.trimEnd().split('\n').at(-1);
      resolve({ code, stderr, result: last ? JSON.parse(last) : null });
    });
  });
  const told = async (text: string) => {
    while (!stderr.includes(text)) await new Promise((resolve) => child.stderr.once('data', resolve));
  };
  return { outcome, told, kill: () => void child.kill('SIGKILL') };
};

export const migrationEnv = ({ mysql, postgres, supabase }: LabInfo): Record<string, string> => ({
  MYSQL_URL: `mysql://${mysql.adminUser}:${mysql.adminPassword}@${mysql.host}:${mysql.port}/${mysql.database}`,
  DATABASE_URL: databaseUrl({ postgres }),
  SUPABASE_URL: supabase.url,
  SUPABASE_SERVICE_ROLE_KEY: supabase.serviceRoleKey,
});

export const databaseUrl = ({ postgres }: Pick<LabInfo, 'postgres'>): string =>
  `postgresql://${postgres.user}:${postgres.password}@${postgres.host}:${postgres.port}/${postgres.database}`;

export const pushSchema = (lab: LabInfo): Promise<Outcome> =>
  startScript('db-push.mjs', { DATABASE_URL: databaseUrl(lab) }).outcome;

export const migrate = (lab: LabInfo, ...args: string[]): Promise<Outcome> =>
  startScript('migrate-to-supabase.mjs', migrationEnv(lab), args).outcome;

export const smoke = (lab: LabInfo, person: { email: string; password: string }): Promise<Outcome> =>
  startScript('smoke.mjs', {
    BASE_URL: lab.web.url,
    SMOKE_TOKEN: lab.web.bypassValue,
    EMAIL: person.email,
    PASSWORD: person.password,
  }).outcome;
