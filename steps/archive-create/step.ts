import * as z from 'zod';
import { defineStep } from '../../engine/step.ts';
import { absolutePath, octalMode } from '../_work/path.ts';
import { supervised } from '../_work/work-before.ts';

const pattern = z
  .string()
  .regex(/^(?!\/|\.\.?(\/|$))[^\n\0]*[^/\n\0]$/, 'Relative to the source, such as cache or tmp/*.part');

const input = z.strictObject({
  path: absolutePath.describe(
    'Where the archive is to be (tar.gz); never overwritten. The folder must exist',
  ),
  source: absolutePath.describe('The folder to archive; the names in the archive are relative to it'),
  exclude: z
    .array(pattern)
    .default([])
    .describe('Left out, with all below: paths relative to the source, where `*` also stands for a slash'),
  mode: octalMode.default('0600'),
});

const output = z.strictObject({
  path: z.string(),
  /** Of the archive. */
  bytes: z.int(),
  sha256: z.string(),
  /** Regular files in it. */
  files: z.int(),
  /** Of all of them unpacked; a file with several names counts once. */
  source_bytes: z.int(),
});

export const archiveBefore = z.strictObject({ existed: z.boolean(), supervised });

export type ArchiveCreateInput = z.output<typeof input>;
export type ArchiveCreateOutput = z.output<typeof output>;
export type ArchiveBefore = z.output<typeof archiveBefore>;

export const archiveCreate = defineStep({
  type: 'archive.create',
  summary:
    'Archives a folder as tar.gz on the place it runs on. The archive appears only when it has been read back: names, number of files and bytes are those of the source, with GNU tar every content too, and nothing changed meanwhile. The undo removes it.',
  input,
  output,
  before: archiveBefore,
  examples: [
    {
      title: 'The uploads, before the cutover',
      with: { path: '/var/backups/uploads.tar.gz', source: '/srv/app/shared/uploads' },
    },
    {
      title: 'Without build output and logs',
      with: {
        path: '/var/backups/release-1.4.tar.gz',
        source: '/srv/app/releases/1.4.0',
        exclude: ['node_modules', '.next/cache', '*.log'],
        mode: '0640',
      },
    },
  ],
  places: ['local', 'ssh'],
  // Built beside, and never put in the place of a finished one.
  onUnknown: 'rerun',
  undoes: true,
  onInterrupt: () => 'leave',
  effects: () => 'write',
  traits: () => ({ backup: true }),
  preview: ({ path, source, exclude }) =>
    `tar -czf ${path} -C ${source} .${exclude.map((name) => ` --exclude=./${name}`).join('')}`,
});
