/** What the dump steps of all servers take and tell. Eager and pure. */
import * as z from 'zod';
import type { Traits } from '../../../engine/step.ts';
import { absolutePath, octalMode } from '../../_work/path.ts';
import { supervised } from '../../_work/work-before.ts';

export const dumpPath = absolutePath.describe(
  'Where the dump is to be; never overwritten. The folder must exist',
);
export const dumpMode = octalMode.default('0600');

export const dumpOutput = z.strictObject({
  path: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  /** Base tables whose definition is in the dump. */
  tables: z.array(z.string()),
  /** The dump's own first words: which tool wrote it, from which server. */
  tool_version: z.string(),
});

export const dumpBefore = z.strictObject({ existed: z.boolean(), supervised });

export type DumpOutput = z.output<typeof dumpOutput>;
export type DumpBefore = z.output<typeof dumpBefore>;

/** Of a step's declaration. */
export const dumpPolicy = {
  output: dumpOutput,
  before: dumpBefore,
  places: ['local', 'ssh'],
  // Each attempt writes a file of its own and never replaces a finished one.
  onUnknown: 'rerun',
  undoes: true,
  onInterrupt: (): 'leave' => 'leave',
  effects: (): 'write' => 'write',
  traits: (): Traits => ({ backup: true }),
} as const;
