import * as z from 'zod';
import { secretable } from '../../../engine/step.ts';
import { durationSchema } from '../../_kits/duration.ts';
import { isLoopback } from '../../_kits/network/loopback.ts';

const usualPort = { implicit: 465, starttls: 587, none: 25 } as const;

export const smtpConfig = z
  .strictObject({
    host: z.string().min(1).describe('Name or address of the mail server'),
    port: z
      .int()
      .min(1)
      .max(65535)
      .optional()
      .describe('Default: 465 for implicit TLS, 587 for starttls, 25'),
    user: z.string().min(1).optional().describe('The account, where the server wants one'),
    password: secretable.optional().describe('Of the account'),
    from: z.string().min(3).describe('Sender of what a step sends without one of its own: Name <address>'),
    tls: z
      .strictObject({
        mode: z
          .enum(['implicit', 'starttls', 'none'])
          .describe('starttls is required of the server. none: for a loopback address only'),
        ca_file: z.string().min(1).optional().describe('PEM, beside the runbook; default: the system CAs'),
      })
      .optional()
      .describe('Default: starttls, and none for a loopback address'),
    connect_timeout: durationSchema('10s').prefault('10s').describe('Limit for one connection attempt'),
  })
  .refine(({ host, tls }) => tls?.mode !== 'none' || isLoopback(host), {
    message:
      'Without TLS the password and every address would be readable on the way: for a loopback address only',
    path: ['host'],
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    message: 'user and password belong together',
    path: ['user'],
  });

export type SmtpConfig = z.output<typeof smtpConfig>;

export const smtpTls = ({ host, tls }: SmtpConfig): 'implicit' | 'starttls' | 'none' =>
  tls?.mode ?? (isLoopback(host) ? 'none' : 'starttls');

export const smtpPort = (config: SmtpConfig): number => config.port ?? usualPort[smtpTls(config)];

export const describeSmtp = (config: SmtpConfig): string =>
  `${config.user === undefined ? '' : `${config.user}@`}${config.host}:${smtpPort(config)}`;
