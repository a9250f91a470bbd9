import * as z from 'zod';
import { defineStep, secretable } from '../../engine/step.ts';
import { accountName, freezePolicy, frozenOutput, quietFor } from '../_kits/sql/freeze-step.ts';

const input = z.strictObject({
  account: accountName.describe("The user name of the app's account, without its host"),
  hosts: z
    .array(accountName)
    .min(1)
    .optional()
    .describe("Only the account's entries for these hosts, as the server spells them; default: all of them"),
  quiet_for: quietFor,
  proof_password: secretable
    .optional()
    .describe("The account's password: a login with it must be refused because the account is locked"),
});

const output = z.strictObject({
  /** `user@host`, all of them locked now. */
  accounts: z.array(z.string()),
  ...frozenOutput,
});

export const freezeBefore = z.strictObject({
  accounts: z.array(z.strictObject({ host: z.string(), locked: z.boolean() })),
});

export type MysqlFreezeInput = z.output<typeof input>;
export type MysqlFreezeOutput = z.output<typeof output>;
export type MysqlFreezeBefore = z.output<typeof freezeBefore>;

export const mysqlFreeze = defineStep({
  type: 'mysql.freeze',
  summary:
    "Stops an app's writes at the server: locks its account, ends its sessions and proves that none is left, none comes back and none has a transaction open. Names who else could write. The undo unlocks what was not locked before.",
  ...freezePolicy,
  input,
  output,
  before: freezeBefore,
  examples: [
    { title: 'The old app must not write any more', with: { account: 'app' } },
    {
      title: 'One entry of the account only, proven with its own password',
      with: {
        account: 'app',
        hosts: ['127.0.0.1'],
        quiet_for: '5s',
        proof_password: { secret: [{ name: 'mysql_password' }] },
      },
    },
  ],
  targets: ['mysql'],
  preview: ({ account, hosts }) => {
    const whom = (hosts ?? ['<every host>']).map((host) => `'${account}'@'${host}'`).join(', ');
    return `ALTER USER ${whom} ACCOUNT LOCK, then KILL its sessions`;
  },
});
