/** vitest globalSetup: chooses the seed of this run, for all its workers, and prints it. */
import { seed } from './seed.ts';

export default (): void => {
  process.env.RUNBOOK_SEED = String(seed);
  process.stderr.write(`seed ${seed}; RUNBOOK_SEED=${seed} repeats it\n`);
};
