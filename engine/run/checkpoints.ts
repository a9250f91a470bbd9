/** The checkpoints of a run's acts. One belongs to an act, whichever attempt or session of it is at work. */
import { join } from 'node:path';
import type * as z from 'zod';
import type { ActKey } from '../decide/events.ts';
import { actFileName } from '../file-name.ts';
import { readCheckpoint, writeCheckpoint } from '../journal/checkpoint.ts';
import type { Json } from '../plan.ts';
import type { ActContext, Checkpoint } from '../step.ts';
import type { Masking } from './masking.ts';

/** @param dir of all checkpoints of the run */
export const checkpointsOf =
  (dir: string, act: ActKey, masking: Pick<Masking, 'record'>): ActContext['checkpoint'] =>
  <T>(name: string, schema: z.ZodType<T>): Checkpoint<T> => {
    if (!/^[a-z][a-z0-9-]*$/.test(name)) throw new Error(`a checkpoint cannot be named ${name}`);
    const path = join(dir, `${actFileName(act)}.${name}.json`);
    return {
      async load() {
        const found = schema.safeParse(readCheckpoint(path));
        return found.success ? found.data : null;
      },
      async save(value) {
        const { value: json, masked } = masking.record(schema.parse(value) as Json);
        if (masked.length === 0) writeCheckpoint(path, json);
      },
    };
  };
