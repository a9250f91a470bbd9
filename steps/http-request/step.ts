import * as z from 'zod';
import { defineStep, secretable } from '../../engine/step.ts';
import { expected, headers, httpUrl, reached, status } from '../_kits/http/schema.ts';

const method = z
  .enum(['POST', 'PUT', 'PATCH', 'DELETE'])
  .describe('What changes something; a read is http.check');
const pointer = z.string().regex(/^(\/.*)?$/, 'A JSON pointer, such as /id');

const read = {
  url: httpUrl.optional().describe('Asked with GET; default: the URL of the request'),
  headers: headers.describe('Beside those of the request'),
} as const;

const answered = z.strictObject({
  status: status.default(200).describe('The status that must come back, or several'),
  ...expected,
});

const before = z
  .strictObject({
    ...read,
    ...expected,
    status: status.default(200).describe('The status that must come back, or several'),
  })
  .describe(
    'A read before the request. Its answer is kept for the undo. If the answer differs from the one described here, the step fails and changes nothing',
  );

const probe = z
  .strictObject({
    ...read,
    done: answered.describe('An answer like this: it happened'),
    not_done: answered
      .optional()
      .describe(
        'An answer like this: it did not happen. Default: every other answer with 2xx, 404 or 410. What is neither is unknown',
      ),
  })
  .describe('A read that tells whether the request was carried out, asked when its outcome is not known');

const undo = z
  .strictObject({
    method,
    url: httpUrl.optional().describe('Default: the URL of the request'),
    headers: headers.describe('Beside those of the request'),
    body: secretable.optional().describe('Sent as it stands'),
    body_of_before: pointer
      .optional()
      .describe("Sends this part of the answer to `before` instead of `body`; '' sends the whole answer"),
    status: status.default([200, 201, 202, 204]).describe('What must come back, or several'),
  })
  .refine((given) => given.body === undefined || given.body_of_before === undefined, {
    message: 'Give body or body_of_before, not both',
    path: ['body_of_before'],
  })
  .describe(
    'The request that restores the state before. It is sent also where nothing is left to undo, so it must be harmless then',
  );

const input = z
  .strictObject({
    method,
    url: httpUrl.describe('The address that it is sent to'),
    headers,
    body: secretable.optional().describe('Sent as it stands; its kind goes by a content-type header'),
    status: status
      .default([200, 201, 202, 204])
      .describe('What must come back, or several; redirects are not followed'),
    ...expected,
    keep: z
      .record(z.string().regex(/^\w+$/), pointer)
      .default({})
      .describe('Name -> JSON pointer: values of the answer that later steps read as output.kept.NAME'),
    idempotency_header: z
      .string()
      .regex(/^[A-Za-z][\w-]*$/, 'The name of a header')
      .optional()
      .describe(
        'Sends a key that is the same for each attempt of this step in this run, such as Idempotency-Key. Only where the service acts once for a key: after a lost outcome the request is then sent again',
      ),
    before: before.optional(),
    probe: probe.optional(),
    undo: undo.optional(),
    ...reached,
  })
  .refine((given) => given.undo?.body_of_before === undefined || given.before !== undefined, {
    message: 'body_of_before needs `before`, the read that it takes the body from',
    path: ['undo', 'body_of_before'],
  });

const output = z.strictObject({
  /** null: not the answer to the request but the probe said that it was carried out. */
  status: z.int().nullable(),
  /** The place it was sent from. */
  from: z.string(),
  /** By the names of `keep`; empty where the probe said that it was carried out. */
  kept: z.record(z.string(), z.json()),
});

const image = z
  .strictObject({
    status: z.int(),
    /** As text; null: `undo` takes nothing of it. */
    body: z.string().nullable(),
  })
  .nullable();

export type HttpRequestInput = z.output<typeof input>;
export type HttpRequestOutput = z.output<typeof output>;
/** null: the step has no `before`. */
export type HttpRequestBefore = z.output<typeof image>;

export const httpRequest = defineStep({
  type: 'http.request',
  summary:
    'Sends a request that changes something, from the place it runs on. A request without an answer is unknown: its probe is asked, or it is sent again with the same idempotency key, or a person decides. TLS is always verified.',
  input,
  output,
  before: image,
  examples: [
    {
      title: 'Point a name at the new server; the undo restores the old address',
      with: {
        method: 'PUT',
        url: 'https://dns.example/zones/example/records/app',
        headers: { authorization: { secret: ['Bearer ', { name: 'dns_token' }] } },
        body: '{"type":"A","value":"192.0.2.7"}',
        before: {},
        probe: { done: { json: { '/value': '192.0.2.7' } } },
        undo: { method: 'PUT', body_of_before: '' },
      },
    },
    {
      title: 'Create an announcement once, whatever happens to the connection',
      with: {
        method: 'POST',
        url: 'https://status.example/incidents',
        body: '{"title":"Maintenance"}',
        idempotency_header: 'Idempotency-Key',
        keep: { id: '/id' },
      },
    },
  ],
  forTemplates: true,
  places: ['local', 'ssh'],
  onUnknown: 'ask',
  rerunsSafely: (written) => written.idempotency_header !== undefined,
  undoes: true,
  canUndo: (written) => written.undo !== undefined,
  effects: () => 'write',
  traits: ({ probe: asked, idempotency_header }) => ({
    unproven: true,
    ...(asked === undefined && idempotency_header === undefined && { unprobed: true }),
  }),
  files: ({ ca_file }) => (ca_file === undefined ? [] : [ca_file]),
  preview: ({ method: verb, url, resolve }) => `${verb} ${url}${resolve ? ` at ${resolve}` : ''}`,
});
