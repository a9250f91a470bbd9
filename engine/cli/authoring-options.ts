/** Options of `init` and `fmt`. */
import type { OptionSpec } from './spec.ts';

export const fmtOptions = {
  check: { flags: '--check', description: 'write nothing; list the files that are not formatted' },
  diff: { flags: '--diff', description: 'write nothing; show what would change' },
} as const satisfies Record<string, OptionSpec>;

export const initOptions = {
  name: { flags: '--name <name>', description: 'name of the runbook and its file (default: the folder)' },
  target: {
    flags: '--target <user@host>',
    description: 'server to change, with its port if that is not 22; "none": this machine (repeatable)',
    repeatable: true,
  },
  database: { flags: '--database <kind>', description: 'mysql, postgres or none' },
  approver: {
    flags: '--approver <name>',
    description: 'who answers the gate (repeatable)',
    repeatable: true,
  },
  window: {
    flags: '--t0-window <from..to>',
    description: 'maintenance window around T0, 10m or more on each side (default: T-30m..T+30m)',
  },
  ci: { flags: '--ci <service>', description: 'github, gitlab or none' },
  yes: { flags: '--yes', description: 'ask nothing; take the defaults for what is not given' },
} as const satisfies Record<string, OptionSpec>;
