import { entry } from './entry.ts';

/** RB676 and up: what `lint` and `explain` were asked for. */
export const lint = {
  RB676: entry<{ code: string; near: string | null }>({
    exit: 2,
    message: ({ code }) => `There is no code "${code}"`,
    remedy: ({ near }) =>
      near === null
        ? 'List the lint rules: runbook explain'
        : `Did you mean ${near}?  Lint rules: runbook explain`,
  }),
} as const;
