/** fast-check with the seed of this run; a failing property prints it, with the counterexample. */
import fc from 'fast-check';
import { seed } from './seed.ts';

fc.configureGlobal({ seed });

export { fc };
