import * as z from 'zod';
import { defineStep, secretable } from '../../engine/step.ts';

const json = z.json();

const input = z
  .strictObject({
    email: z.string().min(3).describe('The user who signs in'),
    password: secretable.describe('The password that is tried'),
    expect: z
      .enum(['success', 'refused'])
      .default('success')
      .describe('refused: Auth knows the login and says no; a server that does not answer is neither'),
    user_id: z
      .string()
      .min(1)
      .optional()
      .describe('The id that the user must have, as the migration gave it'),
    claims: z
      .record(z.string().regex(/^(\/.*)?$/, 'A JSON pointer, such as /app_metadata/migrated_from'), json)
      .default({})
      .describe('JSON pointer (RFC 6901) into the access token -> the value that must stand there'),
  })
  .refine(
    ({ expect, user_id, claims }) => expect === 'success' || (!user_id && Object.keys(claims).length === 0),
    {
      message: 'user_id and claims belong to expect: success',
      path: ['expect'],
    },
  );

const output = z.strictObject({
  signed_in: z.boolean(),
  /** null: refused. */
  user_id: z.string().nullable(),
  /** Auth's code for it; null: signed in. */
  refusal: z.string().nullable(),
  /** How long a session lives; null: refused. */
  session_seconds: z.int().nullable(),
  duration_ms: z.int(),
});

export type SignInInput = z.output<typeof input>;
export type SignInOutput = z.output<typeof output>;

export const supabaseSignIn = defineStep({
  type: 'supabase.sign-in',
  summary:
    'Signs a user in with a password, looks at id and claims, and signs out again. Counts as a read: of the session nothing stays but the time of the last login and lines in the audit log. The token is neither kept nor shown.',
  input,
  output,
  examples: [
    {
      title: 'A migrated user logs in with the old password',
      with: {
        email: 'smoke@trading-journal.example',
        password: { secret: [{ name: 'smoke_password' }] },
        claims: { '/role': 'authenticated' },
      },
    },
    {
      title: 'A wrong password opens nothing',
      with: { email: 'smoke@trading-journal.example', password: 'not-this-one', expect: 'refused' },
    },
  ],
  targets: ['supabase'],
  places: ['local'],
  onUnknown: 'rerun',
  effects: () => 'read',
  preview: ({ email, expect }) => `sign in as ${email}, expect ${expect}`,
});
