/** What the restore steps of all servers take and tell. Eager and pure. */
import * as z from 'zod';
import { absolutePath } from '../../_work/path.ts';
import { supervised } from '../../_work/work-before.ts';

/** @param ofTheServer databases that are never restored into */
export const restoreInput = (ofTheServer: RegExp, longestName: 63 | 64) =>
  z.strictObject({
    path: absolutePath.describe('The dump, at the place the step runs on'),
    database: z
      .string()
      .regex(
        new RegExp(`^[A-Za-z0-9_]{1,${longestName}}$`),
        'Letters, digits and underscores, such as trading_journal_scratch',
      )
      .refine((name) => !ofTheServer.test(name), "A database of the server's own is never restored into")
      .describe("A scratch database: made by this step, never the target's own"),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'A SHA-256 in lower-case hex')
      .meta({ examples: ['0'.repeat(64)] })
      .optional()
      .describe("The dump's, from the step that wrote it: compared before anything is made"),
    replace: z
      .boolean()
      .default(false)
      .describe(
        'Drop a scratch database that an earlier restore of this type made; no other is ever dropped',
      ),
    keep: z
      .boolean()
      .default(true)
      .describe('false: the scratch database is dropped once it has been counted'),
  });

export const restoreOutput = z.strictObject({
  database: z.string(),
  /** Base tables of the dump with their exact number of rows. */
  tables: z.record(z.string(), z.int()),
  /** Of all tables. */
  rows: z.int(),
  seconds: z.number(),
  /** What the restore does not prove, in words. */
  unproven: z.array(z.string()).default([]),
});

export const restoreBefore = z.strictObject({ existed: z.boolean(), supervised });

export type RestoreInput = z.output<ReturnType<typeof restoreInput>>;
export type RestoreOutput = z.output<typeof restoreOutput>;
export type RestoreBefore = z.output<typeof restoreBefore>;

/** Of a step's declaration. */
export const restorePolicy = {
  output: restoreOutput,
  before: restoreBefore,
  places: ['local', 'ssh'],
  // Each attempt drops what the one before it left half restored.
  onUnknown: 'rerun',
  undoes: true,
  onInterrupt: (): 'leave' => 'leave',
  effects: (): 'write' => 'write',
} as const;
