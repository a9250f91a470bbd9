/** The flagship as a plan, and as an edit of its text leaves it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Change, worstOf } from '../../../engine/diff/change.ts';
import { diffPlans } from '../../../engine/diff/diff.ts';
import { loadRunbook } from '../../../engine/load/load.ts';
import type { Plan } from '../../../engine/plan.ts';
import { registry } from '../../../steps/index.ts';

const folder = new URL('../../../runbooks/trading-journal/', import.meta.url).pathname;
export const flagshipText = readFileSync(join(folder, 'cutover.yaml'), 'utf8');

const named = (path: string): Promise<Uint8Array> =>
  basename(path) === 'known_hosts'
    ? Promise.resolve(new TextEncoder().encode('vps ssh-ed25519 AAAA\n'))
    : readFile(join(folder, basename(path)));

export const planOf = async (text: string): Promise<Plan> => {
  const dir = mkdtempSync(join(tmpdir(), 'edited-flagship-'));
  try {
    const path = join(dir, 'cutover.yaml');
    writeFileSync(path, text);
    const varsFiles = [join(folder, 'vars/production.example.yaml')];
    return (await loadRunbook(path, { registry, varsFiles, vars: {}, readFile: named })).plan;
  } finally {
    rmSync(dir, { recursive: true });
  }
};

/** Replaces the one place where `old` stands. */
export const replaced = (text: string, old: string, by: string): string => {
  const parts = text.split(old);
  if (parts.length !== 2) throw new Error(`${parts.length - 1} places: ${old}`);
  return parts.join(by);
};

let flagship: Promise<Plan> | undefined;
export const unchanged = (): Promise<Plan> => {
  flagship ??= planOf(flagshipText);
  return flagship;
};

export const changesBy = async (edit: (text: string) => string): Promise<readonly Change[]> =>
  diffPlans(await unchanged(), await planOf(edit(flagshipText))).changes;

export { worstOf };
