/** The two users of the seed whose passwords the rehearsal knows. */
import bcrypt from 'bcryptjs';
import type { Person } from './seed/people.ts';

export interface KnownUser extends Person {
  readonly password: string;
}

export interface KnownUsers {
  /** Walked through the app by scripts/smoke.mjs. */
  readonly smoke: KnownUser;
  /** Gets the first mail, whose link is followed. */
  readonly canary: KnownUser;
}

/** As of the seed's other users: a rehearsal logs in dozens of times, and 12 rounds take a third of a second each. */
const rounds = 4;

/** Once a lab: kept with their passwords. */
export const makeKnownUsers = async (password: () => string): Promise<KnownUsers> => {
  const make = async (name: string): Promise<KnownUser> => {
    const chosen = password();
    return {
      email: `${name}@trading-journal.test`,
      password: chosen,
      hash: await bcrypt.hash(chosen, rounds),
    };
  };
  return { smoke: await make('smoke'), canary: await make('canary') };
};
