/** Lints a runbook of a test's own, in a folder with the files that it names. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Linted, type LintOptions, lint } from '../../../engine/lint/lint.ts';
import { loadRunbook } from '../../../engine/load/load.ts';
import { registry } from '../../../steps/index.ts';

/** @param text without `version` and `name` */
export const linted = async (text: string, options: LintOptions = { levels: {} }): Promise<Linted> => {
  const dir = mkdtempSync(join(tmpdir(), 'runbook-lint-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  for (const name of ['forward-fix.md', 'known_hosts']) writeFileSync(join(dir, name), 'x\n');
  const path = join(dir, 'cutover.yaml');
  writeFileSync(path, `version: 1\nname: example\n${text}\n`);
  const loaded = await loadRunbook(path, { registry, varsFiles: [], vars: {} });
  return lint(loaded, registry, options);
};

/** `RB701 5:9`, the lines counted as in `text`. */
export const codesAt = async (text: string): Promise<readonly string[]> =>
  (await linted(text)).remarks.map(({ code, region }) => `${code} ${region.line - 2}:${region.col}`);

export const codes = async (text: string): Promise<readonly string[]> =>
  (await linted(text)).remarks.map(({ code }) => code);
