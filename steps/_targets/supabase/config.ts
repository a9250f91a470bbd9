import * as z from 'zod';
import { secretable } from '../../../engine/step.ts';
import { durationSchema } from '../../_kits/duration.ts';
import { isLoopback } from '../../_kits/network/loopback.ts';

export const supabaseConfig = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .refine((text) => !URL.canParse(text) || isEncrypted(new URL(text)), {
      message: 'The keys travel with every call: http is for a loopback address only',
    })
    .describe('Of the project, without a path: https://<project>.supabase.co'),
  anon_key: secretable.describe('The publishable key'),
  service_role_key: secretable
    .optional()
    .describe('The secret key; only where a step reads or writes as an administrator'),
  timeout: durationSchema('15s')
    .prefault('15s')
    .describe('Of one call. Auth itself waits up to 10s for its mail server'),
});

const isEncrypted = ({ protocol, hostname }: URL): boolean => protocol === 'https:' || isLoopback(hostname);

export type SupabaseConfig = z.output<typeof supabaseConfig>;
