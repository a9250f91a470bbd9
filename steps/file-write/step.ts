import * as z from 'zod';
import { defineStep, secretable } from '../../engine/step.ts';
import { beforeImage } from '../_kits/files/before-image.ts';
import { absolutePath, octalMode } from '../_work/path.ts';

const input = z
  .strictObject({
    path: absolutePath,
    content: secretable.optional().describe('The whole content; may hold secrets'),
    content_file: z.string().min(1).optional().describe('A file beside the runbook that holds the content'),
    mode: octalMode
      .optional()
      .describe(
        "Octal, as a string. Default: the existing file's; for a new file '0644', with a secret '0600'",
      ),
    mkdir: z.boolean().default(false).describe('Create missing folders; the undo removes them again'),
  })
  .refine((w) => (w.content === undefined) !== (w.content_file === undefined), {
    message: 'Give either content or content_file',
    path: ['content'],
  });

const output = z.strictObject({
  path: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  /** False: the file already was as wanted, and nothing was done. */
  changed: z.boolean(),
});

export type FileWriteInput = z.output<typeof input>;
export type FileWriteOutput = z.output<typeof output>;

export const fileWrite = defineStep({
  type: 'file.write',
  summary:
    "Writes a whole file atomically and durably. Refuses symbolic links. The undo brings back content, mode and owner, or absence; a copy of what was there is kept in the run's state folder at the place (0600).",
  input,
  output,
  before: beforeImage,
  examples: [
    {
      title: 'Show the maintenance page',
      with: { path: '/var/lib/cutover/maintenance', content_file: './maintenance.html', mkdir: true },
    },
    {
      title: 'Write an environment file that holds a secret',
      with: {
        path: '/srv/app/.env',
        content: { secret: ['DATABASE_PASSWORD=', { name: 'database_password' }, '\n'] },
        mode: '0600',
      },
    },
  ],
  forTemplates: true,
  places: ['local', 'ssh'],
  onUnknown: 'ask',
  undoes: true,
  effects: () => 'write',
  files: ({ content_file }) => (content_file === undefined ? [] : [content_file]),
  traits: ({ path }) => ({ changesFiles: [path] }),
  preview: ({ path, content_file, content, mode }) => {
    const source =
      content_file ?? (typeof content === 'string' ? `${content.length} characters` : 'text with secrets');
    return `write ${source} > ${path}${mode ? ` (mode ${mode})` : ''}`;
  },
});
