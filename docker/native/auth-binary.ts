/**
 * The program behind `auth`: the real Supabase Auth where RUNBOOK_LAB_AUTH_BINARY names one, else the stand-in
 * (docker/supabase/auth-stand-in). Both take the same environment. Nothing is built here: the real server takes minutes
 * and most of a gigabyte to build, and no lab waits for that.
 */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { LabError } from './lab-error.ts';
import { cloneDir } from './place.ts';

export interface AuthProgram {
  readonly argv: readonly [string, ...string[]];
  /** Its text for a person. */
  readonly name: AuthName;
}

export type AuthName = `supabase/auth ${string}` | 'stand-in';

export const standIn: AuthProgram = {
  argv: [process.execPath, join(cloneDir, 'docker', 'supabase', 'auth-stand-in', 'main.ts')],
  name: 'stand-in',
};

export const chooseAuth = (
  { RUNBOOK_LAB_AUTH_BINARY: given }: NodeJS.ProcessEnv = process.env,
): AuthProgram => {
  if (!given) return standIn;
  try {
    accessSync(given, constants.X_OK);
  } catch (cause) {
    throw new LabError(
      `RUNBOOK_LAB_AUTH_BINARY=${given} cannot be run`,
      'Name the program that `CGO_ENABLED=0 go build` made in a clone of github.com/supabase/auth, or unset it',
      { cause },
    );
  }
  return { argv: [given], name: 'supabase/auth from RUNBOOK_LAB_AUTH_BINARY' };
};
