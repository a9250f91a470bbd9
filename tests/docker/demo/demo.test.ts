import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, onTestFailed, test } from 'vitest';
import { cloneDir, labDir } from '../../../docker/native/place.ts';
import { startedWith } from '../../../docker/native/process-table.ts';
import { marker } from '../../../docker/native/servers.ts';

const stage = `test-demo-${process.pid}`;
const dir = labDir(stage);
/** A demo that failed leaves its journals and logs: they are what tells why. */
let failed = false;
afterAll(() => {
  if (failed) console.error(`The lab of the failed demo is kept in ${dir}`);
  else rmSync(dir, { recursive: true, force: true });
});

const shownLines = 200;

const demo = async (name: string): Promise<{ exitCode: number | null; said: string }> => {
  const child = spawn(process.execPath, [join(cloneDir, 'docker/demo/demo.ts'), name, stage], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
  onTestFailed(() => {
    failed = true;
    console.error(`The last lines of demo ${name}:\n${said.split('\n').slice(-shownLines).join('\n')}`);
  });
  const [exitCode] = await once(child, 'close');
  return { exitCode, said };
};

/** The claims, so that a failure says which one does not hold. */
const claimsIn = (said: string): readonly string[] =>
  said.split('\n').filter((line) => /^ {2}[✔✘] /.test(line));

test('the demo opens the site on Supabase and leaves nothing running', async () => {
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
