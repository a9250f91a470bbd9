/** Every rule there is, in the order of its code. */
import type { Rule } from '../rule.ts';
import { destroyedWithoutBackup } from './backup.ts';
import * as careless from './careless-commands.ts';
import { claimThatCannotFail } from './claims.ts';
import { commentRule } from './comments.ts';
import * as data from './data-commands.ts';
import * as durations from './durations.ts';
import * as gates from './gates.ts';
import * as order from './order.ts';
import * as outcome from './outcome.ts';
import * as proof from './proof.ts';
import { undoReadsWhatTheActMakes } from './undo-source.ts';
import { secretInUrl } from './urls.ts';
import { seenFromHereOnly } from './viewpoint.ts';
import { watchThatNeverTrips } from './watches.ts';

export { commentRule };

export const rules: readonly Rule[] = [
  ...Object.values(proof),
  undoReadsWhatTheActMakes,
  ...Object.values(gates),
  ...Object.values(durations),
  ...Object.values(outcome),
  claimThatCannotFail,
  watchThatNeverTrips,
  seenFromHereOnly,
  ...Object.values(order),
  destroyedWithoutBackup,
  secretInUrl,
  ...Object.values(data),
  ...Object.values(careless),
].sort((a, b) => (a.code < b.code ? -1 : 1));

export const allRules: readonly Rule[] = [commentRule, ...rules];
