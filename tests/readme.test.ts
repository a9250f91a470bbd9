import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { mysqlKinds } from '../docker/native/mysql-kind.ts';
import { options } from '../engine/cli/options.ts';
import { loadRunbook } from '../engine/load/load.ts';
import { registry } from '../steps/index.ts';
import { limitsInWords } from '../steps/supabase-recovery-emails/limits.ts';

const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');

test("the README's runbook is valid, for the engine as it is now", async () => {
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
  const dir = mkdtempSync(join(tmpdir(), 'runbook-readme-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  for (const [name, text] of [
    ['cutover.yaml', yaml],
    ['known_hosts', ''],
    ['forward-fix.md', 'Fix it.\n'],
  ] as const) {
    writeFileSync(join(dir, name), text);
  }
  const vars = { host: 'vps.example', site: 'https://shop.example/' };
  const { plan } = await loadRunbook(join(dir, 'cutover.yaml'), { registry, varsFiles: [], vars });
  expect(Object.keys(plan.steps)).toEqual(['maintenance-on', 'dump', 'release', 'go-no-go', 'open-site']);
});

test('the README names every step type', () => {
  const { steps } = registry;
  expect([...steps.keys()].filter((type) => !readme.includes(`\`${type}\``))).toEqual([]);
});

test('every npm script that the README names exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'));
  const named = [...readme.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name as string);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test('the README names every kind of MySQL that the lab can be made with', () => {
  const [, ...others] = mysqlKinds;
  for (const kind of others) expect(readme).toMatch(new RegExp(`RUNBOOK_LAB_MYSQL=.*\\b${kind}\\b`));
});

test('what SECURITY.md says names options and fields that exist', () => {
  const page = readFileSync(join(import.meta.dirname, '..', 'SECURITY.md'), 'utf8');
  expect(page).toContain('not signed yet');
  expect(page).toContain(options.acceptCopy.flags);
  expect(page).toContain('runbook status --json | jq .head');
});

test('what the README says of the limits of Auth is what the dry run says', () => {
  const [, people = '', hours] =
    /GOTRUE_RATE_LIMIT_OTP`, 30 by default: (\d+) people take ([\d.]+) hours/.exec(readme) ?? [];
  const said = limitsInWords(Number(people), { per_second: 10, burst: 1 });
  expect(said).toContain(`${people} recipients would take at least ${hours} hours`);
  expect(said).toContain('GOTRUE_RATE_LIMIT_EMAIL_SENT is 30 an hour by default');
});
