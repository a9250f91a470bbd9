/** The compose lab, as far as it can be held to its word without a container engine. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, describe as group, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { mysqlAccountsSql, supabaseAccountsSql } from '../../docker/compose/accounts.ts';
import { writeFiles } from '../../docker/compose/lab.ts';
import { authRelease, authVersion, composeInfo, composeWorld } from '../../docker/compose/world.ts';
import type { LabInfo } from '../../docker/native/info.ts';
import { describe } from '../../docker/native/lab.ts';
import { secretsOf, varsFile, writeVars } from '../../docker/native/vars.ts';
import { makeFolders, openKept, type World } from '../../docker/native/world.ts';
import manifest from '../../package.json' with { type: 'json' };

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string };
  readonly network_mode?: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly env_file?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[]; readonly retries: number };
  readonly depends_on?: Readonly<Record<string, unknown>>;
}

const docker = join(import.meta.dirname, '..', '..', 'docker');
const text = readFileSync(join(docker, 'compose.yaml'), 'utf8');
const file = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const services = Object.entries(file.services);
const dockerfile = readFileSync(join(docker, 'compose', 'vps', 'Dockerfile'), 'utf8');

/** A tag that names one release: `v2.189.0`, `24.21.0-bookworm-slim`. */
const pinned = /:v?\d+\.\d+\.\d+(\.\d+)*(-[\w.]+)*$/;

test.each(services)(
  '%s: one release of its image, a health check, and nobody else than vps publishes',
  (name, s) => {
    if (!s.build) expect(s.image).toMatch(pinned);
    expect(s.healthcheck?.test[0]).toBe('CMD');
    expect(s.healthcheck?.retries).toBeGreaterThan(0);
    if (name === 'vps') return;
    expect(s.network_mode).toBe('service:vps');
    expect(s.ports).toBeUndefined();
    expect(Object.keys(s.depends_on ?? {})).toContain('vps');
  },
);

test('what is published is published on loopback, by the port it has inside', () => {
  const ports = file.services.vps?.ports ?? [];
  expect(ports).toHaveLength(8);
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\$\{(\w+)\}:\$\{\1\}$/);
});

test('the VPS image: pinned base and pm2, and what it copies exists', () => {
  const from = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
  expect(from).toEqual([expect.stringMatching(pinned)]);
  expect(dockerfile).toContain(`pm2@${manifest.devDependencies.pm2.replace('^', '')}`);
  const copied = [...dockerfile.matchAll(/^COPY (?:--\S+ )*(\S+) \S+$/gm)].map(
    ([, source]) => source as string,
  );
  expect(copied).not.toEqual([]);
  for (const source of copied) expect(existsSync(join(docker, 'compose', 'vps', source)), source).toBe(true);
});

test('the release of Auth is the one that `up` tells', () => {
  expect(file.services.auth?.image).toBe(`supabase/gotrue:${authRelease}`);
});

group('what `up` writes before it starts anything', () => {
  let dir: string;
  let world: World;
  let info: LabInfo;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'compose-'));
    makeFolders(dir);
    world = composeWorld(dir, await openKept(dir, false), 1000);
    await writeFiles(world, 1000);
    info = await describe(world, { v1: 'a', v2: 'b', faulty: 'c' }, authVersion, 'mysql8');
    return () => rmSync(dir, { recursive: true });
  });

  const valuesOf = (name: string): Record<string, string> =>
    Object.fromEntries(
      readFileSync(join(dir, name), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => /^(\w+)='(.*)'$/.exec(line)?.slice(1) as [string, string]),
    );

  test('every variable of compose.yaml is there, and no other', () => {
    const used = [...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name as string);
    expect(Object.keys(valuesOf('compose.env')).sort()).toEqual([...new Set(used)].sort());
  });

  test('every file and folder that it mounts or reads exists, secrets readable by their owner only', () => {
    const read = services.flatMap(([, s]) => s.env_file ?? []).map((f) => f.replace('${LAB_DIR}', dir));
    for (const path of [...read, join(dir, 'compose.env'), join(dir, 'nginx', 'nginx.conf')])
      expect(statSync(path).mode & 0o777, path).toBe(0o600);
    const mounts = services.flatMap(([, s]) => s.volumes ?? []).map((v) => v.split(':')[0] as string);
    const missing = mounts
      .filter((source) => !(source in file.volumes))
      .map((source) => source.replace('${LAB_DIR}', dir).replace(/^\.\./, join(docker, '..')))
      .filter((source) => !existsSync(source));
    expect(missing).toEqual([]);
  });

  test('no secret is in the clone or in compose.yaml', () => {
    for (const secret of Object.values(world.passwords)) expect(text).not.toContain(secret);
    expect(dir.startsWith(join(docker, '..'))).toBe(false);
  });

  test('Auth and the gateway listen where a published port reaches them, and find each other on loopback', () => {
    expect(valuesOf('auth.env').GOTRUE_API_HOST).toBe('0.0.0.0');
    const { ports } = world;
    expect(valuesOf('supabase.env')).toMatchObject({
      HOST: '0.0.0.0',
      PORT: String(ports.supabase),
      AUTH_URL: `http://127.0.0.1:${ports.auth}`,
      DATABASE_URL: expect.stringContaining(`@127.0.0.1:${ports.postgres}/postgres`),
    });
    expect(valuesOf('inbox.env').MP_SMTP_BIND_ADDR).toBe(`0.0.0.0:${ports.smtp}`);
    const nginx = readFileSync(join(dir, 'nginx', 'nginx.conf'), 'utf8');
    expect(nginx).toContain(`listen 0.0.0.0:${ports.web};`);
    expect(nginx).toContain(`proxy_pass http://127.0.0.1:${ports.app};`);
    expect(readFileSync(join(dir, 'ssh', 'sshd_config'), 'utf8')).toContain('ListenAddress 0.0.0.0');
  });

  test('the vars and secrets of the runbook are those of the native lab, by name, none empty', () => {
    const into = mkdtempSync(join(tmpdir(), 'compose-vars-'));
    onTestFinished(() => rmSync(into, { recursive: true }));
    const written = (lab: LabInfo): Record<string, unknown> => {
      writeVars({ ...lab, dir: into });
      return parse(readFileSync(varsFile(into), 'utf8'));
    };
    const here = composeInfo(info, world);
    const [native, composed] = [written(info), written(here)];
    expect(Object.keys(composed)).toEqual(Object.keys(native));
    for (const [name, value] of Object.entries(composed)) expect(value, name).toBeTruthy();
    const differs = Object.keys(native).filter((name) => native[name] !== composed[name]);
    expect(differs.filter((name) => !/(^|_)postgres_(user|database)$/.test(name))).toEqual([]);
    expect(differs).toContain('postgres_user');
    expect(Object.keys(secretsOf(here))).toEqual(Object.keys(secretsOf(info)));
    for (const [name, value] of Object.entries(secretsOf(here))) expect(value, name).toBeTruthy();
  });

  test('alerts end at the gateway: Mailpit takes none', () => {
    const { mail, supabase } = composeInfo(info, world);
    expect(mail.alertUrl).toBe(`${supabase.url}/lab/alerts`);
  });

  test('the accounts get the passwords of the vars', () => {
    expect(mysqlAccountsSql(world)).toContain(`IDENTIFIED BY '${world.passwords.mysqlApp}'`);
    expect(supabaseAccountsSql(world)).toContain(`authenticator PASSWORD '${world.passwords.authenticator}'`);
  });
});
