import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { up } from '../../../docker/native/lab.ts';
import { openLabRoot } from '../../../docker/native/place.ts';
import { descendantsOf, isAlive } from '../../../docker/native/process-table.ts';
import { recorded } from '../../../docker/native/servers.ts';
import { watchOver } from '../../../docker/native/watchdog.ts';

test('ends the lab, orphans included, and removes its folder when its owner is killed', async () => {
  const dir = mkdtempSync(join(openLabRoot(), 'test-watchdog-'));
  const owner = spawn('sleep', ['1000'], { stdio: 'ignore' });
  onTestFinished(() => void owner.kill('SIGKILL'));
  watchOver(dir, owner.pid ?? 0, 'remove');
  await up(dir);
  const servers = recorded(dir);
  expect(servers.filter(isAlive)).toHaveLength(7);
  const nginx = servers.find(({ name }) => name === 'nginx');
  const [worker] = descendantsOf(nginx?.pid ?? 0);
  if (!nginx || !worker) throw new Error('nginx has no worker');
  process.kill(nginx.pid, 'SIGKILL');

  owner.kill('SIGKILL');

  await expect.poll(() => existsSync(dir), { timeout: 15_000 }).toBe(false);
  expect([...servers, worker].filter(isAlive)).toEqual([]);
});
