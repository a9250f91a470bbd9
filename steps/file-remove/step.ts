import * as z from 'zod';
import { defineStep } from '../../engine/step.ts';
import { beforeImage } from '../_kits/files/before-image.ts';
import { absolutePath } from '../_work/path.ts';

const input = z.strictObject({
  path: absolutePath,
  missing_ok: z.boolean().default(false).describe('Succeed when there is no such file'),
});

const output = z.strictObject({
  path: z.string(),
  /** False: there was no such file. */
  removed: z.boolean(),
});

export type FileRemoveInput = z.output<typeof input>;
export type FileRemoveOutput = z.output<typeof output>;

export const fileRemove = defineStep({
  type: 'file.remove',
  summary:
    "Removes one regular file; directories and symbolic links are refused. The undo brings back content, mode and owner from a copy kept in the run's state folder at the place (0600).",
  input,
  output,
  before: beforeImage,
  examples: [
    { title: 'End maintenance', with: { path: '/var/lib/cutover/maintenance' } },
    { title: 'Clear a flag that may not be there', with: { path: '/srv/app/tmp/restart', missing_ok: true } },
  ],
  forTemplates: true,
  places: ['local', 'ssh'],
  onUnknown: 'ask',
  undoes: true,
  effects: () => 'write',
  preview: ({ path, missing_ok }) => `rm ${missing_ok ? '-f ' : ''}${path}`,
});
