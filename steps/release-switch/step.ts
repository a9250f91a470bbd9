import * as z from 'zod';
import { defineStep } from '../../engine/step.ts';
import { absolutePath } from '../_work/path.ts';

const input = z.strictObject({
  link: absolutePath.describe(
    'The symbolic link that nginx, pm2 and cron go through; made where it is absent',
  ),
  to: absolutePath.describe('The folder of the release: it must be there, and not be empty'),
});

const output = z.strictObject({
  link: z.string(),
  to: z.string(),
  /** Where the link pointed before, as it was written; null: there was none. */
  previous: z.string().nullable(),
});

export const switchBefore = z.strictObject({
  previous: z.string().nullable(),
  /** Whether the link led to a folder: only then is it worth going back to. */
  led: z.boolean(),
});

export type ReleaseSwitchInput = z.output<typeof input>;
export type ReleaseSwitchOutput = z.output<typeof output>;
export type SwitchBefore = z.output<typeof switchBefore>;

export const releaseSwitch = defineStep({
  type: 'release.switch',
  summary:
    'Points a symbolic link to another release, in one rename: there is no moment without a link. Refuses a real folder in its place, and a release that is missing or empty. The undo points it back to where it pointed, or removes it.',
  input,
  output,
  before: switchBefore,
  examples: [
    {
      title: 'Switch to the release that was built before the run',
      with: { link: '/srv/app/current', to: '/srv/app/releases/2.0.0' },
    },
  ],
  places: ['local', 'ssh'],
  onUnknown: 'ask',
  undoes: true,
  effects: () => 'write',
  preview: ({ link, to }) => `ln -s ${to} ${link} (replacing the link at once)`,
});
