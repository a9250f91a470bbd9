import type { Sizes } from './measurement.ts';

export const full: Sizes = {
  startUps: 25,
  rounds: 5,
  commands: 1_000,
  noOpSteps: 1_000,
  resumedSteps: 10_000,
  validatedSteps: 10_000,
  faultySteps: 80,
  comparedRows: 200_000,
  comparisons: 3,
  migratedTrades: 20_000,
  migrations: 2,
  recipients: 2_000,
  longList: 100_000,
};

/** Proves that the bench works; its numbers mean nothing. */
export const tiny: Sizes = {
  startUps: 0,
  rounds: 0,
  commands: 3,
  noOpSteps: 5,
  resumedSteps: 10,
  validatedSteps: 8,
  faultySteps: 4,
  comparedRows: 500,
  comparisons: 0,
  migratedTrades: 60,
  migrations: 0,
  recipients: 5,
  longList: 50,
};
