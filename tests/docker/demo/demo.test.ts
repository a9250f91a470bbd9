import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { cloneDir, labDir } from '../../../docker/native/place.ts';
import { startedWith } from '../../../docker/native/process-table.ts';
import { marker } from '../../../docker/native/servers.ts';

const stage = `test-demo-${process.pid}`;
const dir = labDir(stage);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const demo = async (name: string): Promise<{ exitCode: number | null; said: string }> => {
  const child = spawn(process.execPath, [join(cloneDir, 'docker/demo/demo.ts'), name, stage], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const closed = once(child, 'close');
  const said = await text(child.stdout);
  const [exitCode] = await closed;
  return { exitCode, said };
};

/** The claims, so that a failure says which one does not hold. */
const claimsIn = (said: string): readonly string[] =>
  said.split('\n').filter((line) => /^ {2}[✔✘] /.test(line));

test('the demo opens the doors on Supabase and leaves nothing running', async () => {
  const { exitCode, said } = await demo('success');

  expect(claimsIn(said).filter((line) => !line.includes('✔'))).toEqual([]);
  expect(said).toContain('saw 200 (1.4.0) -> 503 -> 200 (2.0.0)');
  expect(exitCode).toBe(0);
  expect(startedWith(marker, dir)).toEqual([]);
  // Announced, cut over, closed.
  expect(readdirSync(join(dir, 'runs'))).toHaveLength(3);
}, 240_000);

test('data that does not match brings the old app back, its data unharmed', async () => {
  const { exitCode, said } = await demo('failure');

  expect(claimsIn(said).filter((line) => !line.includes('✔'))).toEqual([]);
  expect(said).toContain('saw 200 (1.4.0) -> 503 -> 200 (1.4.0)');
  expect(exitCode).toBe(0);
  expect(startedWith(marker, dir)).toEqual([]);
}, 240_000);

test('a name that is no demo is refused before anything starts', async () => {
  expect((await demo('sideways')).exitCode).toBe(2);
});
