import * as z from 'zod';
import { defineStep } from '../../engine/step.ts';
import { beforeImage } from '../_kits/files/before-image.ts';
import { absolutePath, octalMode } from '../_work/path.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, '64 hex digits, as sha256sum prints them');

const input = z.strictObject({
  from: z
    .strictObject({
      place: z.string().min(1).default('local').describe('`local` or an ssh target'),
      path: absolutePath,
    })
    .describe('The file to copy'),
  path: absolutePath.describe('Where it goes, at the place that the step runs on'),
  sha256: sha256.optional().describe('What the file must be; any other content is refused'),
  mode: octalMode
    .optional()
    .describe("Octal, as a string. Default: that of the file that is replaced, else '0644'"),
  mkdir: z.boolean().default(false).describe('Create missing folders; the undo removes them again'),
});

const output = z.strictObject({
  path: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  /** False: the file already was as wanted, and nothing was copied. */
  changed: z.boolean(),
});

const before = z.strictObject({
  /** What stood at `path`. */
  at: beforeImage,
  /** The file to copy, as it was when the step began: the copy is that or nothing. */
  source: z.strictObject({ sha256: z.string(), bytes: z.int() }),
});

export type FileCopyInput = z.output<typeof input>;
export type FileCopyOutput = z.output<typeof output>;
export type FileCopyBefore = z.output<typeof before>;

export const fileCopy = defineStep({
  type: 'file.copy',
  summary:
    'Copies a file from one place to another through the engine, in pieces, so that it can be of any size and a copy that was cut off goes on where it stopped. Put in place in one rename, only where it is what was read, by its SHA-256. The undo brings back content, mode and owner, or absence.',
  input,
  output,
  before,
  examples: [
    {
      title: 'Bring a dump to the new server',
      with: {
        from: { place: 'old', path: '/var/backups/app.sql.gz' },
        path: '/var/backups/app.sql.gz',
        mode: '0600',
      },
    },
    {
      title: 'Install a released file that is known by its hash',
      with: {
        from: { path: '/srv/releases/app-2.1.tar.gz' },
        path: '/opt/app/app.tar.gz',
        sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
        mkdir: true,
      },
    },
  ],
  forTemplates: true,
  places: ['local', 'ssh'],
  onUnknown: 'ask',
  undoes: true,
  onInterrupt: () => 'rest',
  effects: () => 'write',
  traits: ({ path }) => ({ changesFiles: [path] }),
  uses: ({ from }) => [{ target: from.place, kinds: ['local', 'ssh'], path: ['from', 'place'] }],
  preview: ({ from, path, mode }) =>
    `copy ${from.place}:${from.path} > ${path}${mode ? ` (mode ${mode})` : ''}`,
});
