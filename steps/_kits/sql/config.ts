import * as z from 'zod';
import { secretable } from '../../../engine/step.ts';
import { durationSchema } from '../duration.ts';
import { isLoopback } from '../network/loopback.ts';

/** Keys that every database target has. */
export const sqlConfig = (defaultPort: number) =>
  z
    .strictObject({
      host: z
        .string()
        .min(1)
        .default('127.0.0.1')
        .describe('Address of the server, as seen from `via` (without `via`: from this machine)'),
      port: z.int().min(1).max(65535).default(defaultPort).describe('The port of the server'),
      socket: z
        .string()
        .startsWith('/')
        .optional()
        .describe('A Unix socket on this machine, instead of host and port'),
      user: z.string().min(1).describe('The account that steps use'),
      password: secretable.optional().describe('Of the account'),
      database: z.string().min(1).describe('The database that statements run in'),
      tls: z
        .strictObject({
          mode: z
            .enum(['disable', 'require', 'verify'])
            .describe('require: encrypts, but does not check the certificate'),
          ca_file: z.string().min(1).optional().describe('PEM, beside the runbook; default: the system CAs'),
        })
        .optional()
        .describe('Default: verify, and disable for a loopback address or a socket'),
      connect_timeout: durationSchema('10s').prefault('10s').describe('Limit for one connection attempt'),
    })
    .refine((c) => c.tls?.ca_file === undefined || c.tls.mode === 'verify', {
      message: 'A CA is looked at only with mode: verify',
      path: ['tls', 'ca_file'],
    });

export type SqlConfig = z.output<ReturnType<typeof sqlConfig>>;

/** Whether the address means another server on another machine. */
export const isOwnMachine = ({ host, socket }: SqlConfig): boolean =>
  socket !== undefined || isLoopback(host);

export const tlsMode = (config: SqlConfig): 'disable' | 'require' | 'verify' =>
  config.tls?.mode ?? (isOwnMachine(config) ? 'disable' : 'verify');

export const describeSql = ({ user, host, port, socket, database }: SqlConfig): string =>
  `${user}@${socket ?? `${host}:${port}`}/${database}`;
