/** What the run says of itself, read as anybody would: from `runbook status` and `runbook report`. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cloneDir } from '../native/place.ts';
import type { Told } from './claims.ts';

interface Status {
  readonly state: string;
  readonly late: { readonly slipMs: number };
}

interface Report {
  readonly checks: {
    readonly checklists: readonly {
      readonly step: string;
      readonly items: readonly { readonly passed: boolean }[];
    }[];
  };
  readonly outputs: readonly {
    readonly step: string;
    readonly figures: readonly { readonly path: string; readonly value: unknown }[];
  }[];
}

const ask = async <T>(runsDir: string, runId: string, ...words: readonly string[]): Promise<T> => {
  const [verb = '', ...rest] = words;
  const args = [join(cloneDir, 'engine', 'main.ts'), verb, runId, ...rest, '--runs-dir', runsDir, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout) as T;
};

export const toldBy = async (runsDir: string, runId: string): Promise<Told> => {
  const { state, late } = await ask<Status>(runsDir, runId, 'status');
  const { outputs, checks } = await ask<Report>(runsDir, runId, 'report', '--section', 'outputs,checks');
  const figure = (step: string, path: string): number | null => {
    const value = outputs
      .find((each) => each.step === step)
      ?.figures.find((each) => each.path === path)?.value;
    return typeof value === 'number' ? value : null;
  };
  return {
    state,
    slipMs: late.slipMs,
    comparedRows: figure('compare', 'rows'),
    mismatches: figure('compare', 'mismatches'),
    mailsSent: figure('recovery-mails', 'sent'),
    passed:
      checks.checklists.find(({ step }) => step === 'validation')?.items.filter(({ passed }) => passed)
        .length ?? null,
  };
};
