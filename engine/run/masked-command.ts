/** What people say of a run is journaled, shown and reported: a secret in it is not. */

import type { Command, MaskedCommand } from '../decide/decisions.ts';
import { type Masked, say } from '../decide/masked.ts';
import type { Plan } from '../plan.ts';
import type { Masking } from './masking.ts';

/** Free text of the person; the other fields are names from the plan, which are not secret. */
const free: ReadonlySet<string> = new Set(['reason', 'user']);
const naming: ReadonlySet<string> = new Set(['as', 'gate', 'step', 'item']);

const isNamed = (plan: Plan, text: string): boolean =>
  Object.hasOwn(plan.approvers, text) ||
  Object.hasOwn(plan.steps, text) ||
  Object.values(plan.steps).some((s) => s.kind === 'checklist' && s.items.some(({ id }) => id === text));

/** `tell`: warns the operator, since a typed secret may be visible elsewhere, too. */
export const maskedCommand = (
  command: Command,
  plan: Plan,
  masking: Masking,
  tell: (note: Masked) => void = () => {},
): MaskedCommand => {
  let changed = false;
  const fields = Object.entries(command).map(([key, value]: [string, unknown]) => {
    if (typeof value !== 'string') return [key, value];
    if (!free.has(key) && (!naming.has(key) || isNamed(plan, value))) return [key, value];
    const said = masking.text(value);
    changed ||= said !== value;
    return [key, said];
  });
  const reason = masking.text(command.reason);
  if (!changed) return { ...command, reason };
  tell(
    say`The reason given by ${masking.text(command.user)} contains the value of a secret: it is recorded as ***. It may still be in the shell history: change the secret if others can read that`,
  );
  return { ...(Object.fromEntries(fields) as Command), reason };
};
