/** Settings of a session that we have made and looked at again: a server, a proxy or a pooler may have kept its own. */

import type { Json } from '../../../engine/plan.ts';
import { TargetError } from '../../../engine/target.ts';

/** Throws TargetError, with the first setting that is not what was asked for. */
export const assertSettings = (
  target: string,
  wanted: Readonly<Record<string, string>>,
  found: { readonly [name: string]: Json | undefined },
): void => {
  for (const [name, value] of Object.entries(wanted)) {
    const is = found[name];
    if (String(is) === value) continue;
    throw new TargetError(
      target,
      'config',
      `the session's ${name} is ${is === undefined || is === null ? 'not known' : `"${String(is)}"`} after it was set to "${value}"`,
      'Connect to the server itself, not through a proxy or pooler that keeps its own settings',
    );
  }
};
