/** What steps that talk HTTP have in common in their input. Cheap to import. */
import * as z from 'zod';
import { secretable } from '../../../engine/step.ts';

export const httpUrl = z
  .url({ protocol: /^https?$/, message: 'An http or https URL' })
  .refine((text) => URL.parse(text)?.username === '' && URL.parse(text)?.password === '', {
    message: 'No user or password in the URL; send an Authorization header',
  });

export const headers = z.record(z.string(), secretable).default({}).describe('Headers of the request');

const oneStatus = z.int().min(100).max(599);
/** One, or several. */
export const status = z.union([oneStatus, z.array(oneStatus).min(1)]);

/** What an answer must be like, beside its status. */
export const expected = {
  body_contains: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Texts that must all be in the body, decompressed; in more than its first 16 MiB they are not looked for, and the check says so',
    ),
  json: z
    .record(z.string().regex(/^(\/.*)?$/, 'A JSON pointer, such as /db/ok'), z.json())
    .default({})
    .describe('JSON pointer (RFC 6901) -> the value that must stand there'),
} as const;

/** How the server is reached. */
export const reached = {
  resolve: z
    .string()
    .regex(/^([^:\s]+|\[[0-9a-fA-F:]+\]):\d{1,5}$/, 'host:port, such as 127.0.0.1:8443')
    .optional()
    .describe(
      'Connect to this address, whatever the name in the URL resolves to; TLS is still checked by name',
    ),
  ca_file: z.string().min(1).optional().describe('Trust this CA (PEM, beside the runbook) and no other'),
} as const;
