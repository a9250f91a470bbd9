/** The runbooks that ship give nothing to remark, or say in a comment why that is accepted. */
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lint } from '../../../engine/lint/lint.ts';
import { loadRunbook } from '../../../engine/load/load.ts';
import { registry } from '../../../steps/index.ts';

const root = new URL('../../../runbooks', import.meta.url).pathname;
const runbooksIn = (folder: string) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => [folder, name] as const);

test.each([...runbooksIn('teaching'), ...runbooksIn('trading-journal')])('%s/%s', async (folder, name) => {
  const copy = mkdtempSync(join(tmpdir(), 'shipped-'));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  cpSync(join(root, folder), copy, { recursive: true });
  // The one file that a team has to make itself.
  writeFileSync(join(copy, 'known_hosts'), '');
  const isFlagship = folder === 'trading-journal';
  const loaded = await loadRunbook(join(copy, name), {
    registry,
    varsFiles: isFlagship ? [join(copy, 'vars/production.example.yaml')] : [],
    vars: name === 'closing.yaml' ? { run: '20260322' } : {},
  });
  const { remarks } = await lint(loaded, registry, { levels: {} });
  expect(remarks.map(({ code, region, message }) => `${code} ${region.line}: ${message}`)).toEqual([]);
});
