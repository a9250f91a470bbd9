/** RB1xx file and YAML, RB2xx schema and meaning, RB3xx expressions, vars, secrets, own step types. */
import { loadExpr } from './load-expr.ts';
import { loadFacts } from './load-facts.ts';
import { loadFile } from './load-file.ts';
import { loadLoops } from './load-loops.ts';
import { loadMeaning } from './load-meaning.ts';
import { loadOwnTypes } from './load-own-types.ts';
import { loadParts } from './load-parts.ts';
import { loadSchema } from './load-schema.ts';
import { loadSpans } from './load-spans.ts';
import { loadWaits } from './load-waits.ts';
import { loadWhen } from './load-when.ts';

export const load = {
  ...loadFile,
  ...loadSchema,
  ...loadMeaning,
  ...loadFacts,
  ...loadWhen,
  ...loadLoops,
  ...loadExpr,
  ...loadOwnTypes,
  ...loadWaits,
  ...loadParts,
  ...loadSpans,
} as const;
