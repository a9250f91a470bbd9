import { entry } from './entry.ts';

/** RB1xx file and YAML, RB2xx schema and meaning, RB3xx expressions, vars, secrets. */
export const load = {} as const;
