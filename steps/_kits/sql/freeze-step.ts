/** What the freeze steps of all servers take and tell. Eager and pure. */
import * as z from 'zod';
import { shortDuration } from '../duration.ts';

/** Names stand quoted in statements that take no parameters: what could end the quotes is refused. */
export const accountName = z
  .string()
  .regex(/^[^'"`\\\p{Cc}]{1,255}$/u, 'A name without quotes and backslashes');

export const quietFor = shortDuration('2s')
  .prefault('2s')
  .describe('How long no session of the account may be seen before it counts as frozen');

export const frozenOutput = {
  /** null: not known, since the outcome was learned from the probe. */
  sessions_ended: z.int().nullable(),
  /** Who could still write to the target's database; the step's own account is left out. */
  writers_left: z.array(z.string()),
};

/** Of a step's declaration. */
export const freezePolicy = {
  places: ['local'],
  evidence: 'target',
  // Locking what is locked and ending what has ended changes nothing.
  onUnknown: 'rerun',
  undoes: true,
  effects: (): 'write' => 'write',
} as const;
