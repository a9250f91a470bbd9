import { shellWord } from '../text.ts';
import { entry } from './entry.ts';

/** RB650 to RB653: items of a step that has a ledger. */
export const ledger = {
  RB650: entry<{ run: string; step: string | null; steps: readonly string[] }>({
    exit: 2,
    message: ({ run, step }) =>
      step === null ? `Run ${run} has no ledger` : `Step "${step}" of run ${run} has no ledger`,
    remedy: ({ steps }) =>
      steps.length > 0
        ? `Steps with a ledger: ${steps.join(', ')}`
        : 'Only steps that work item by item have a ledger, from the moment their list is final',
  }),
  RB651: entry<{ flag: string; given: string; allowed: readonly string[] }>({
    exit: 2,
    message: ({ flag, given }) => `"${given}" is not a valid value for ${flag}`,
    remedy: ({ allowed }) => `Use one of: ${allowed.join(', ')}`,
  }),
  RB652: entry<{ key: string; step: string; run: string }>({
    exit: 2,
    message: ({ key, step }) => `No item of step "${step}" has the key "${key}"`,
    remedy: ({ step, run }) => `Keys: runbook ledger ${run} ${shellWord(step)} --state unknown`,
  }),
  RB653: entry<{ key: string; state: string }>({
    exit: 2,
    message: ({ key, state }) => `"${key}" is ${state}: it cannot be settled by hand`,
    remedy: () => 'Only an item that was started can be settled, and only with another outcome',
  }),
} as const;
