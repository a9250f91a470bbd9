import * as z from 'zod';
import { defineStep } from '../../engine/step.ts';
import { shortDuration, shownDuration } from '../_kits/duration.ts';
import { absolutePath } from '../_work/path.ts';

const pattern = z
  .string()
  .min(1)
  .max(1000)
  .refine(
    (source) => {
      try {
        return Boolean(new RegExp(source));
      } catch {
        return false;
      }
    },
    { error: ({ input }) => `Not a regular expression (JavaScript's): ${complaintOf(String(input))}` },
  )
  .describe("A regular expression (JavaScript's), looked for in each line");

const complaintOf = (source: string): string => {
  try {
    return String(new RegExp(source));
  } catch (error) {
    return (error as Error).message;
  }
};

const fileOffset = {
  inode: z
    .string()
    .regex(/^\d*$/)
    .describe('Decimal digits: some file systems count beyond 2^53. Empty: there was no file'),
  offset: z.int().nonnegative().describe('Bytes, always at the beginning of a line'),
  device: z.string().optional().describe('The file system of the file'),
  born: z.int().optional().describe('When the file was made, in seconds; 0: its file system does not know'),
  print: z
    .string()
    .optional()
    .describe('A hash of the text before the offset: it identifies the file after compression or a copy'),
  file: z.string().optional().describe('What the path led to, links followed'),
};

/** Where in each file the next scan begins. A file alone, with `inode` and `offset`, is of an older version. */
export const positions = z.record(
  z.string(),
  z.strictObject({
    ...fileOffset,
    at: z.int().optional().describe("When it was taken, in seconds on the place's clock"),
    previous: z
      .strictObject(fileOffset)
      .optional()
      .describe('The end of the file that was rotated last: its writer may still add to it'),
  }),
);

const input = z
  .strictObject({
    paths: z
      .array(
        absolutePath.refine((path) => !/\.(gz|bz2|xz|zst)$/.test(path), {
          message:
            'Name the log that is written to, not a compressed file. The step finds the compressed parts itself',
        }),
      )
      .min(1)
      .describe('Log files at the place the step runs on'),
    optional: z.boolean().default(false).describe('A file that is not there is taken for an empty one'),
    mark: z
      .boolean()
      .default(false)
      .describe('Reads nothing: only answers with the positions at the end of the files, for a later scan'),
    since: positions
      .optional()
      .describe(
        "Positions of an earlier log.scan's output; default: where the files end when the step begins. A watch needs it: what is written between two measurements would else never be read",
      ),
    for: shortDuration('10s').optional().describe('Watch that long before judging'),
    count: z.record(z.string().regex(/^\w+$/), pattern).default({}).describe('Name -> lines to count'),
    fail_on: z.array(pattern).default([]).describe('A line with one of these makes the step fail'),
    allow: z.array(pattern).default([]).describe('...unless it has one of these as well'),
    max_lines: z.int().min(1).max(200).default(20).describe('Lines kept as samples'),
  })
  .refine((w) => !w.mark || (w.since === undefined && w.for === undefined), {
    message: 'mark reads nothing: since and for belong to a scan',
    path: ['mark'],
  })
  .refine((w) => w.mark || w.since !== undefined || w.for !== undefined, {
    message: 'Give since, for, or mark: true: otherwise there is nothing to read',
    path: ['paths'],
  });

const output = z.strictObject({
  /** Lines that were read. */
  lines: z.int(),
  /** Lines for each name of `count`. */
  counts: z.record(z.string(), z.int()),
  /** Lines that have one of `fail_on` and none of `allow`. */
  matches: z.int(),
  /** The first of those lines, or of those counted where nothing is to fail; secrets masked, cut short. */
  samples: z.array(z.string()),
  positions,
  /** A file was rotated or cut short meanwhile. Its lines were found and read: otherwise the scan fails. */
  rotated: z.boolean(),
});

export type Positions = z.output<typeof positions>;
export type Position = Positions[string];
/** A position in one file, wherever it stands by now. */
export type FileOffset = NonNullable<Position['previous']>;
export type LogScanInput = z.output<typeof input>;
export type LogScanOutput = z.output<typeof output>;

export const logScan = defineStep({
  type: 'log.scan',
  summary:
    'Reads the lines that log files gained, counts those that match and fails on those that must not be there. Follows rotation, also through compressed files, and fails where lines cannot be found any more; leaves a half-written line to the next scan.',
  input,
  output,
  before: positions,
  examples: [
    {
      title: 'Remember where the logs end before T0',
      with: { paths: ['/var/log/nginx/access.log'], mark: true },
    },
    {
      title: 'No server error and no failed login for a minute',
      with: {
        paths: ['/var/log/nginx/access.log'],
        for: '1m',
        count: { logins: '"POST /login HTTP/[^"]*" 303' },
        fail_on: ['" 5\\d\\d ', '"POST /login HTTP/[^"]*" 401'],
        allow: ['"GET /healthz'],
      },
    },
  ],
  places: ['local', 'ssh'],
  onUnknown: 'rerun',
  effects: () => 'read',
  preview: (w) => {
    if (w.mark) return `remember where ${w.paths.join(', ')} end`;
    const fails = w.fail_on.length > 0 ? `, fail on ${w.fail_on.map((p) => `/${p}/`).join(' or ')}` : '';
    return `scan ${w.paths.join(', ')}${w.for === undefined ? '' : ` for ${shownDuration(w.for)}`}${fails}`;
  },
});
