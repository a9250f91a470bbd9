import * as z from 'zod';
import { defineStep, secretable } from '../../engine/step.ts';
import { accountName, freezePolicy, frozenOutput, quietFor } from '../_kits/sql/freeze-step.ts';

const input = z
  .strictObject({
    roles: z
      .array(accountName)
      .min(1)
      .refine((roles) => new Set(roles).size === roles.length, 'A role is named twice')
      .describe(
        'The roles that the app and its workers log in as; they are locked in every database of the server',
      ),
    quiet_for: quietFor,
    proof_passwords: z
      .record(z.string(), secretable)
      .optional()
      .describe('By role its password: a login with it must be refused because the role may not log in'),
  })
  .refine(
    ({ roles, proof_passwords = {} }) => Object.keys(proof_passwords).every((it) => roles.includes(it)),
    {
      message: 'A password of a role that is not in roles',
      path: ['proof_passwords'],
    },
  );

const output = z.strictObject({
  /** None of them may log in now. */
  roles: z.array(z.string()),
  ...frozenOutput,
});

export const freezeBefore = z.strictObject({
  roles: z.array(z.strictObject({ role: z.string(), locked: z.boolean() })),
});

export type PostgresFreezeInput = z.output<typeof input>;
export type PostgresFreezeOutput = z.output<typeof output>;
export type PostgresFreezeBefore = z.output<typeof freezeBefore>;

export const postgresFreeze = defineStep({
  type: 'postgres.freeze',
  summary:
    "Stops an app's writes at the server, while administrators go on: takes LOGIN from its roles, ends their sessions (those of a pooler too) and proves that none is left and none comes back. default_transaction_read_only is only a default, which every session may change; NOLOGIN is not. Names who else could write: other roles, subscriptions, jobs of pg_cron, prepared transactions. It takes a superuser, or on a managed server CREATEROLE, ADMIN OPTION on the roles and pg_signal_backend. The undo gives LOGIN back to those that had it.",
  ...freezePolicy,
  input,
  output,
  before: freezeBefore,
  examples: [
    { title: 'The app must not write any more', with: { roles: ['app'] } },
    {
      title: 'App and worker, proven with the password of the app',
      with: {
        roles: ['app', 'worker'],
        quiet_for: '5s',
        proof_passwords: { app: { secret: [{ name: 'app_password' }] } },
      },
    },
  ],
  targets: ['postgres'],
  preview: ({ roles }) =>
    `ALTER ROLE ${roles.join(', ')} NOLOGIN, then pg_terminate_backend of their sessions`,
});
