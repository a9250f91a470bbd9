import * as z from 'zod';
import { defineStep, secretable } from '../../engine/step.ts';
import { beforeImage } from '../_kits/files/before-image.ts';
import { absolutePath, octalMode } from '../_work/path.ts';

const key = z.string().regex(/^[A-Za-z_]\w*$/, 'The name of a variable, such as DATABASE_URL');

const input = z
  .strictObject({
    path: absolutePath,
    from: absolutePath
      .optional()
      .describe('The file to start from where `path` does not exist yet; the undo then removes `path` again'),
    set: z.record(key, secretable).default({}).describe('Changed where they stand, else added at the end'),
    remove: z.array(key).default([]).describe('One that is not there is fine'),
    mode: octalMode
      .optional()
      .describe("Octal, as a string. Default: the existing file's, else that of `from`, else '0600'"),
  })
  .refine((w) => Object.keys(w.set).length + w.remove.length > 0, { message: 'Give set, remove or both' })
  .refine((w) => w.remove.every((name) => !Object.hasOwn(w.set, name)), {
    message: 'A key can be set or removed, not both',
    path: ['remove'],
  });

const keys = z.array(z.string());

const output = z.strictObject({
  path: z.string(),
  added: keys,
  changed: keys,
  removed: keys,
  /** False: the file already was as wanted, and nothing was done. */
  changed_file: z.boolean(),
});

export const envBefore = z.strictObject({
  image: beforeImage,
  /** What the edit starts from: a copy at the place, named by its hash; null: an empty file. */
  base: z.strictObject({ copy: z.string(), sha256: z.string() }).nullable(),
  /** Octal: the mode that the file gets where the step names none. */
  mode: z.string(),
});

export type EnvEditInput = z.output<typeof input>;
export type EnvEditOutput = z.output<typeof output>;
export type EnvBefore = z.output<typeof envBefore>;

export const envEdit = defineStep({
  type: 'env.edit',
  summary:
    'Sets and removes variables of a .env file, atomically; every other line, comment and quote stays as it is, and so do mode and owner. The result is parsed before it is installed: Node must read exactly the wanted values back. Values are never shown. The undo restores the file byte for byte, or its absence.',
  input,
  output,
  before: envBefore,
  examples: [
    {
      title: "The new release's environment, from the old one's",
      with: {
        path: '/srv/app/releases/2.0.0/.env',
        from: '/srv/app/releases/1.4.0/.env',
        set: {
          DATABASE_URL: { secret: [{ name: 'database_url' }] },
          NEXT_PUBLIC_SUPABASE_URL: 'https://project.supabase.co',
        },
        remove: ['MYSQL_URL', 'JWT_SECRET'],
        mode: '0600',
      },
    },
    { title: 'Switch a feature off', with: { path: '/srv/app/.env', set: { FEATURE_SIGN_UP: 'off' } } },
  ],
  places: ['local', 'ssh'],
  onUnknown: 'ask',
  undoes: true,
  effects: () => 'write',
  traits: ({ path }) => ({ changesFiles: [path] }),
  preview: ({ path, from, set, remove }) => {
    const marks = [...Object.keys(set).map((name) => `+${name}`), ...remove.map((name) => `-${name}`)];
    return `edit ${path}${from === undefined ? '' : ` (new: from ${from})`}: ${marks.join(' ')}`;
  },
});
