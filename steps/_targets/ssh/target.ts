/** A host reached by SSH: a place to execute, and a way to what stands behind it. */
import parseDuration from 'parse-duration';
import * as z from 'zod';
import { secretable } from '../../../engine/step.ts';
import { defineTarget } from '../../../engine/target.ts';

const duration = (example: string) =>
  z.string().refine((text) => (parseDuration(text) ?? 0) > 0, {
    error: `a duration such as ${example} was expected`,
  });

const config = z
  .strictObject({
    host: z.string().min(1),
    port: z.number().int().min(1).max(65535).default(22),
    user: z.string().min(1),
    key_file: z.string().min(1).optional().describe('Private key, relative to the runbook.'),
    passphrase: secretable.optional().describe('Of the private key.'),
    agent: z.literal(true).optional().describe('Use the agent at SSH_AUTH_SOCK.'),
    password: secretable.optional(),
    known_hosts: z.string().min(1).optional().describe('known_hosts file, relative to the runbook.'),
    fingerprint: z
      .string()
      .regex(/^SHA256:[A-Za-z0-9+/]{43}=?$/, 'SHA256:... as `ssh-keygen -lf` prints it was expected')
      .optional()
      .describe('Pinned host key.'),
    connect_timeout: duration('10s').default('10s'),
    keepalive: duration('5s')
      .default('5s')
      .describe('Three unanswered ones mean that the connection is lost.'),
    state_dir: z
      .string()
      .startsWith('/', 'an absolute path was expected')
      .optional()
      .describe('Where running commands keep their files; default ~/.local/state/runbook on the host.'),
  })
  .refine((c) => (c.known_hosts === undefined) !== (c.fingerprint === undefined), {
    path: ['known_hosts'],
    error: 'one of known_hosts and fingerprint is needed: without it anyone could answer for the host',
  })
  .refine((c) => c.key_file !== undefined || c.passphrase === undefined, {
    path: ['passphrase'],
    error: 'a passphrase belongs to a key_file',
  });

export type SshConfig = z.output<typeof config>;

export const ssh = defineTarget({
  kind: 'ssh',
  config,
  client: 'shell',
  via: true,
  files: ({ known_hosts }) => (known_hosts === undefined ? [] : [known_hosts]),
  describe: ({ user, host, port }) => `${user}@${host}:${port}`,
  load: () => import('./open.ts'),
});
