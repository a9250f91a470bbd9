/** The switchover as shipped, against three sections in two sites that take orders meanwhile. */
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { down } from '../../../docker/native/lab.ts';
import { labDir } from '../../../docker/native/place.ts';
import { watchOver } from '../../../docker/native/watchdog.ts';
import { makeFolders } from '../../../docker/native/world.ts';
import {
  askSection,
  type Site,
  type SitesInfo,
  sites,
  sitesVarsFile,
  upSites,
} from '../../../docker/sites/lab.ts';
import type { Event } from '../../e2e/cli-run.ts';
import { doneTwice, killAndResume, settled, started } from '../../e2e/killer.ts';
import { type Ended, runbookHere, start, workDir } from '../../engine/cli/command-line.ts';
import { kept, openShop } from './shop.ts';

const file = new URL('../../../runbooks/site-switchover/switchover.yaml', import.meta.url).pathname;
const dir = labDir(`test-site-switchover-${process.pid}`);
const names = ['s1', 's2', 's3'];
let info: SitesInfo;

makeFolders(dir);
const callOff = watchOver(dir, process.pid, 'remove');
beforeAll(async () => {
  info = await upSites(dir, names);
});
afterAll(async () => {
  await down(dir);
  rmSync(dir, { recursive: true, force: true });
  callOff();
});

/** What the chat was told. */
const told: string[] = [];
const chat = createServer((request, response) => {
  request.setEncoding('utf8').on('data', (text: string) => told.push(text));
  request.on('end', () => response.end('ok'));
});
beforeAll(() => new Promise<void>((resolve) => void chat.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => chat.close(resolve)));

const useSwitchover = (to: Site, ...more: readonly string[]) => {
  const cwd = workDir();
  const env = {
    HOME: cwd,
    XDG_STATE_HOME: `${cwd}/state`,
    SWITCHOVER_PASSWORD: info.admin.password,
    SWITCHOVER_CHAT: `http://127.0.0.1:${(chat.address() as AddressInfo).port}/chat`,
  };
  const options = { cwd, env };
  const runs = ['--runs-dir', `${cwd}/runs`];
  const exec = ['exec', file, '--vars', sitesVarsFile(dir), '--var', `to=${to}`, ...more, '--skip-waits'];
  const go = ['--yes-to-gate', 'go'];
  const cli = (...args: readonly string[]): Promise<Ended> => runbookHere([...args, ...runs], options);
  return {
    cli,
    exec: () => cli(...exec, ...go),
    dryRun: () => cli(...exec, '--dry-run'),
    begin: (...args: readonly string[]) => start([...exec, ...runs, '--json', ...args], options),
    resume: (...args: readonly string[]) => start(['resume', ...runs, '--json', ...args], options),
    events: async (): Promise<readonly Event[]> =>
      readFileSync(JSON.parse((await cli('status', '--json')).stdout).journal, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    /** The times of the span in its report. */
    readOnly: async () => JSON.parse((await cli('report', '--json')).stdout).spans[0].times,
  };
};

/** Which sites take writes, by section. */
const writable = async (): Promise<Record<string, readonly Site[]>> =>
  Object.fromEntries(
    await Promise.all(
      info.sections.map(async (section) => {
        const takes = await Promise.all(
          sites.map(async (site) => {
            const [row] = await askSection(info, section, site, 'SELECT @@GLOBAL.read_only AS is_read_only');
            return row?.is_read_only === 0 ? [site] : [];
          }),
        );
        return [section.name, takes.flat()] as const;
      }),
    ),
  );
const all = (site: Site) => Object.fromEntries(names.map((name) => [name, [site]]));
const traffic = (): string => readFileSync(info.trafficFile, 'utf8');

/** Every confirmed order stands once in both sites, and nothing else. */
const expectNothingLost = async (shop: ReturnType<typeof openShop>, batch: string) => {
  const written = await shop.close();
  expect(await kept(info, batch)).toEqual(
    written.map(({ section, notes }) => ({ section, east: notes, west: notes })),
  );
  expect(written.every(({ notes }) => notes.length > 1)).toBe(true);
  return written;
};

test('its dry run passes and changes nothing', async () => {
  const { code, stdout, stderr } = await useSwitchover('west').dryRun();
  expect(stdout, stderr).toMatch(/^dry run passed: .* 0 with problems\n$/);
  expect(code).toBe(0);
  expect(await writable()).toEqual(all('east'));
  expect([traffic(), told]).toEqual(['east\n', []]);
});

test.for(['west', 'east'] as const)('it moves the writes to %s while orders come in', async (to) => {
  const night = useSwitchover(to);
  const shop = openShop(info, `success-${to}`);
  await shop.served();
  const { code, stderr } = await night.exec();
  await shop.served();
  const written = await expectNothingLost(shop, `success-${to}`);
  expect(code, stderr).toBe(0);
  expect(await writable()).toEqual(all(to));
  expect(traffic()).toBe(`${to}\n`);
  const [time, ...rest] = await night.readOnly();
  expect([time.endedBy, rest]).toEqual(['reached', []]);
  const gap = Math.max(...written.map(({ longestGapMs }) => longestGapMs));
  expect(Math.abs(time.ms - gap), `span ${time.ms} ms, gap ${gap} ms`).toBeLessThan(1_000);
  expect(told.at(-1)).toContain(`to ${to}`);
});

/** Replication to the site stands still, or runs again. */
const replication = async (name: string, site: Site, command: 'START' | 'STOP'): Promise<void> => {
  const section = info.sections.find((each) => each.name === name);
  if (!section) throw new Error(`there is no section ${name}`);
  await askSection(info, section, site, `${command} SLAVE SQL_THREAD`);
};

/** Held since the second section does not replicate from the go on; the others have switched. */
const holdBySecond = async (to: Site) => {
  const night = useSwitchover(to, '--var', 'max_lag=2s');
  const engine = night.begin();
  await engine.saw('"type":"gate-opened"');
  onTestFinished(() => replication('s2', to, 'START'));
  await replication('s2', to, 'STOP');
  const approved = await night.cli('approve', 'latest', 'go', '--as', 'lead', '--reason', 'a test');
  expect(approved.code, approved.stderr).toBe(0);
  const { code, stderr } = await engine.ended;
  expect(code, stderr).toBe(1);
  expect(await writable()).toEqual({ s1: [to], s2: [], s3: [to] });
  return night;
};

test('a section that does not replicate holds the run, the others switch, and a retry goes on', async () => {
  const shop = openShop(info, 'retry');
  await shop.served();
  const night = await holdBySecond('west');
  await replication('s2', 'west', 'START');
  const { code, stderr } = await night.cli('resume', '--retry', 'sections[s2]/in-sync', '--reason', 'fixed');
  await shop.served();
  await expectNothingLost(shop, 'retry');
  expect(code, stderr).toBe(0);
  expect(await writable()).toEqual(all('west'));
  expect(traffic()).toBe('west\n');
});

test('a rollback brings the old site back, each section once it has what the new site has taken', async () => {
  const shop = openShop(info, 'rollback');
  await shop.served();
  const night = await holdBySecond('east');
  onTestFinished(() => replication('s1', 'west', 'START'));
  await replication('s1', 'west', 'STOP');
  const blocked = await night.cli('rollback', '--reason', 'a test');
  expect(blocked.code, blocked.stderr).toBe(1);
  expect(blocked.stderr).toContain('The old site has not yet received all that the new one has taken');
  expect(await writable()).toMatchObject({ s1: [], s3: ['west'] });
  await replication('s1', 'west', 'START');
  await replication('s2', 'east', 'START');
  const { code, stderr } = await night.cli(
    'resume',
    '--retry',
    'sections[s1]/read-only',
    '--reason',
    'fixed',
  );
  await shop.served();
  await expectNothingLost(shop, 'rollback');
  expect(code, stderr).toBe(5);
  expect(await writable()).toEqual(all('west'));
  expect(traffic()).toBe('west\n');
});

test('killed at ten moments it ends as if nothing had happened', async () => {
  const night = useSwitchover('east');
  const shop = openShop(info, 'killed');
  await shop.served();
  const go = ['--yes-to-gate', 'go'];
  const killed = await killAndResume(
    () => night.begin(...go),
    () => night.resume(...go),
    [
      started('announce/do/0'),
      settled('replicating[to-s2]'),
      settled('before/mode[from-s1]'),
      started('sections[s1]/read-only/do/0'),
      started('sections[s2]/in-sync/do/0'),
      started('sections[s3]/mark/do/0'),
      started('sections[s2]/read-write/do/0'),
      started('traffic/do/0'),
      settled('traffic'),
      settled('after/mode[to-s3]'),
    ],
  );
  await shop.served();
  await expectNothingLost(shop, 'killed');
  const way = `killed ${killed.at.join(', ')}\n${killed.last.stderr.slice(-3_000)}`;
  expect(killed.last.code, way).toBe(0);
  expect(killed.at.length, way).toBeGreaterThanOrEqual(7);
  expect(doneTwice(await night.events()), way).toEqual([]);
  expect(await writable()).toEqual(all('east'));
  expect(traffic()).toBe('east\n');
}, 60_000);

test('a live test moves the writes, and neither announces it nor moves the traffic', async () => {
  const before = told.length;
  const { code, stderr } = await useSwitchover('west', '--var', 'live_test=true').exec();
  expect(code, stderr).toBe(0);
  expect(await writable()).toEqual(all('west'));
  expect([traffic(), told.length]).toEqual(['east\n', before]);
});
