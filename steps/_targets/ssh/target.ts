/** A host reached by SSH: a place to execute, and a way to what stands behind it. */
import * as z from 'zod';
import { secretable } from '../../../engine/step.ts';
import { defineTarget } from '../../../engine/target.ts';
import { durationSchema } from '../../_kits/duration.ts';

/** Other users' homes and OpenSSH's tokens are not known here. */
const ownFile = z
  .string()
  .min(1)
  .refine(
    (path) => !path.startsWith('~') || path.startsWith('~/'),
    '~/ is your home; another user has none here',
  );

const folderThere = z
  .string()
  .refine(
    (path) => /^(~?\/)/.test(path) && !path.includes(':'),
    'a folder was expected, as /opt/node/bin or ~/bin',
  );

const config = z
  .strictObject({
    host: z.string().min(1).describe('Name or address of the host.'),
    port: z.number().int().min(1).max(65535).default(22).describe('The port of its SSH server.'),
    user: z.string().min(1).describe('The account there.'),
    key_file: ownFile.optional().describe('Private key, relative to the runbook; ~/ is your home.'),
    passphrase: secretable.optional().describe('Of the private key.'),
    agent: z.literal(true).optional().describe('Use the agent at SSH_AUTH_SOCK.'),
    password: secretable.optional().describe('Of the account, where no key is used.'),
    known_hosts: ownFile.optional().describe('known_hosts file, relative to the runbook; ~/ is your home.'),
    fingerprint: z
      .string()
      .regex(/^SHA256:[A-Za-z0-9+/]{43}=?$/, 'SHA256:... as `ssh-keygen -lf` prints it was expected')
      .optional()
      .describe('Pinned host key.'),
    connect_timeout: durationSchema('10s').prefault('10s').describe('Limit for one connection attempt.'),
    keepalive: durationSchema('5s')
      .prefault('5s')
      .describe('Three unanswered ones mean that the connection is lost.'),
    state_dir: z
      .string()
      .startsWith('/', 'an absolute path was expected')
      .optional()
      .describe('Where running commands keep their files; default ~/.local/state/runbook on the host.'),
    env: z
      .record(z.string().regex(/^[A-Za-z_]\w*$/, 'not a variable name'), secretable)
      .default({})
      .refine((env) => !Object.hasOwn(env, 'PATH'), 'PATH is set by `path`, which adds folders to it')
      .describe('Variables for everything that runs there; ~/.profile is not read.'),
    path: z
      .array(folderThere)
      .default([])
      .describe(
        'Folders in front of the PATH there, such as ~/.nvm/versions/node/v24.1.0/bin; ~/ is the home there.',
      ),
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
});
