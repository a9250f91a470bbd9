/**
 * A note that an act keeps for its next attempt, in a private file of the run. It proves nothing and the journal does
 * not know of it: one that is missing, cut short or damaged is none, and the act starts from the beginning.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fail } from '../diagnostic.ts';
import type { Json } from '../plan.ts';
import { makePrivateDir, writeDurably } from './durable.ts';
import { reasonOf } from './system-error.ts';

/** undefined: there is none that can be read. */
export const readCheckpoint = (path: string): Json | undefined => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Json;
  } catch {
    return undefined;
  }
};

/** Replaces the one before at once; durable when it returns. Throws RB414. */
export const writeCheckpoint = (path: string, value: Json): void => {
  try {
    const dir = dirname(path);
    if (!existsSync(dir)) makePrivateDir(dir);
    writeDurably(path, `${JSON.stringify(value)}\n`);
  } catch (error) {
    fail('RB414', { path, why: reasonOf(error) }, { cause: error });
  }
};
