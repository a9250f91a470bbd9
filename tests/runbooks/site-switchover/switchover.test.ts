/** The switchover as shipped, against three sections in two sites that take orders meanwhile. */
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
    begin: () => start([...exec, ...go, ...runs, '--json'], options),
    resume: (...args: readonly string[]) => start(['resume', ...go, ...runs, '--json', ...args], options),
    status: async () => JSON.parse((await cli('status', '--json')).stdout),
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
