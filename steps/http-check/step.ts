import * as z from 'zod';
import { defineStep, secretable } from '../../engine/step.ts';
import { expected, headers, httpUrl, reached, status } from '../_kits/http/schema.ts';

const input = z.strictObject({
  url: httpUrl.describe('The address that is asked'),
  method: z.enum(['GET', 'HEAD', 'POST']).default('GET').describe('POST only where it changes nothing'),
  headers,
  body: secretable.optional().describe('Sent with POST'),
  status: status.default(200).describe('The status that must come back, or several'),
  ...expected,
  max_ms: z.int().positive().optional().describe('The answer must be complete within this many milliseconds'),
  ...reached,
  follow_redirects: z.boolean().default(false).describe('Up to five, within the same origin only'),
});

const output = z.strictObject({
  status: z.int(),
  duration_ms: z.int(),
  /** The place it was asked from. */
  from: z.string(),
  /** The address that was connected to. */
  address: z.string(),
  /** Of the server's own certificate; null without TLS. */
  peer_certificate_sha256: z.string().nullable(),
  /** Of the body, decompressed. */
  bytes: z.int(),
  headers: z.record(z.string(), z.string()),
});

export type HttpCheckInput = z.output<typeof input>;
export type HttpCheckOutput = z.output<typeof output>;

export const httpCheck = defineStep({
  type: 'http.check',
  summary:
    'Asks a web server from the place it runs on and compares status, body and time. Says from where, to which address and which certificate answered; TLS is always verified.',
  input,
  output,
  examples: [
    { title: 'The old app is up', with: { url: 'https://journal.example/', status: 200 } },
    { title: 'Visitors see the maintenance page', with: { url: 'https://journal.example/', status: 503 } },
    {
      title: 'Smoke-check the new app through nginx, past the maintenance page',
      with: {
        url: 'https://journal.example/healthz',
        resolve: '127.0.0.1:443',
        headers: { 'x-smoke': { secret: [{ name: 'smoke_token' }] } },
        json: { '/db': 'ok' },
        max_ms: 3000,
      },
    },
  ],
  forTemplates: true,
  places: ['local', 'ssh'],
  onUnknown: 'rerun',
  effects: () => 'read',
  files: ({ ca_file }) => (ca_file === undefined ? [] : [ca_file]),
  traits: ({ url }) => ({ asks: url }),
  preview: ({ method, url, resolve, status }) =>
    `${method} ${url}${resolve ? ` at ${resolve}` : ''}, expect ${[status].flat().join(' or ')}`,
});
