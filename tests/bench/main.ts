/** `npm run bench`: ratios measured in one run. Not a test: a missed goal is said, and the exit code is 0. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleAll } from './bundled.ts';
import { commands } from './commands.ts';
import { compare } from './compare.ts';
import { diff } from './diff.ts';
import { dump } from './dump.ts';
import { etl } from './etl.ts';
import { ledger } from './ledger.ts';
import { lintGrowth } from './lint-growth.ts';
import { machine } from './machine.ts';
import type { Finding, Measurement } from './measurement.ts';
import { noOpStep } from './no-op-step.ts';
import { openOwnLab, shareOneLab } from './own-lab.ts';
import { plan } from './plan.ts';
import { json, sentence, table } from './report.ts';
import { resume } from './resume.ts';
import { full, tiny } from './sizes.ts';
import { startUp } from './start-up.ts';
import { validateGrowth } from './validate-growth.ts';
import { whatIf } from './what-if.ts';

const measurements: Readonly<Record<string, Measurement>> = {
  'start-up': startUp,
  commands,
  'no-op-step': noOpStep,
  resume,
  validate: validateGrowth,
  plan,
  lint: lintGrowth,
  diff,
  'what-if': whatIf,
  compare,
  dump,
  ledger,
  etl,
};

const usage = `Usage: npm run bench -- [--json] [--only NAME]... [--tiny] [--rows N] [--trades N] [--keep]

  --json   the findings as JSON on stdout
  --only   ${Object.keys(measurements).join(', ')}
  --tiny   a run that only shows that the bench works
  --rows   so many rows are compared and dumped, instead of ${full.comparedRows}
  --trades so many are migrated, instead of ${full.migratedTrades}
  --keep   leave the bundle and the runs, to profile them
`;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: Object.keys(measurements) },
    tiny: { type: 'boolean', default: false },
    rows: { type: 'string' },
    trades: { type: 'string' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const measure = async (): Promise<void> => {
  const here = machine();
  const dir = mkdtempSync(join(tmpdir(), 'runbook-bench-'));
  const findings: Finding[] = [];
  const usual = values.tiny ? tiny : full;
  const size = (given: string | undefined, otherwise: number) =>
    Number(given) > 0 ? Number(given) : otherwise;
  const sizes = {
    ...usual,
    comparedRows: size(values.rows, usual.comparedRows),
    migratedTrades: size(values.trades, usual.migratedTrades),
  };
  // Its numbers mean nothing: they need not be of fresh servers each.
  const oneLab = values.tiny ? shareOneLab(sizes.migratedTrades) : null;
  try {
    const bench = { dir, ...bundleAll(dir), sizes, openLab: oneLab?.openLab ?? openOwnLab };
    for (const name of values.only) {
      process.stderr.write(`measuring ${name} ...\n`);
      findings.push(...((await measurements[name]?.(bench)) ?? []));
    }
  } finally {
    await oneLab?.close();
    if (values.keep) process.stderr.write(`kept: ${dir}\n`);
    else rmSync(dir, { recursive: true, force: true });
  }
  process.stdout.write(`${values.json ? json(here, findings) : `${sentence(here)}\n${table(findings)}`}\n`);
};

if (values.help || values.only.some((name) => !(name in measurements))) {
  process.stderr.write(usage);
  process.exitCode = values.help ? 0 : 2;
} else await measure();
