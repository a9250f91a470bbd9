/** The numbers are nobody's test; that there are numbers is. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const main = new URL('main.ts', import.meta.url).pathname;

test('every measurement runs on tiny sizes and says what it found', { timeout: 180_000 }, async () => {
  const { stdout } = await run(process.execPath, [main, '--tiny', '--json']);
  const { machine, findings } = JSON.parse(stdout);
  expect(machine).toMatchObject({ node: process.version, cores: expect.any(Number) });
  expect(findings.map((f: { what: string }) => f.what)).toMatchInlineSnapshot(`
    [
      "start-up: runbook --version",
      "start-up: runbook validate of the flagship",
      "3 reading commands (true)",
      "3 writing commands (true)",
      "a step that does nothing (of 5)",
      "resume: read, fold and decide, 100 events",
      "resume: peak memory of the process, 100 events",
      "validate 8 steps",
      "validate: growth, second half of 8 steps",
      "plan of 8 steps",
      "plan: 8 steps against half of them",
      "lint 8 steps",
      "lint: growth, second half of 8 steps",
      "diff of 8 steps",
      "diff: growth, second half of 8 steps",
      "what-if: single faults of the flagship",
      "forecast: 10,000 draws of the flagship",
      "what-if: growth from 2 to 4 steps",
      "data.compare, 500 rows of 17 columns",
      "data.compare: peak memory, 500 rows",
      "mysql.dump, 0.2 MB",
      "ledger: one recipient (of 5)",
      "ledger: opened by a resume, 50 recipients",
      "ETL, 1,321 rows, 60 users",
    ]
  `);
  for (const { what, value, goal, met } of findings) {
    expect(Number.isFinite(value), what).toBe(true);
    expect(met, what).toBe(goal === null ? null : value <= goal);
  }
});

test('an unknown measurement is answered with the list of them', async () => {
  await expect(run(process.execPath, [main, '--only', 'everything'])).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      'start-up, commands, no-op-step, resume, validate, plan, lint, diff, what-if, compare, dump, ledger, etl',
    ),
  });
});
