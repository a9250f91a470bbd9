import * as z from 'zod';
import { defineStep, secretable } from '../../engine/step.ts';
import { shortDuration } from '../_kits/duration.ts';

/** Names stand quoted in account statements, which take no parameters: what could end the quotes is refused. */
const name = z.string().regex(/^[^'"`\\\p{Cc}]{1,255}$/u, 'A name without quotes and backslashes');

const input = z.strictObject({
  account: name.describe("The user name of the app's account, without its host"),
  hosts: z
    .array(name)
    .min(1)
    .optional()
    .describe("Only the account's entries for these hosts, as the server spells them; default: all of them"),
  quiet_for: shortDuration('2s')
    .prefault('2s')
    .describe('How long no session of the account may be seen before it counts as frozen'),
  proof_password: secretable
    .optional()
    .describe("The account's password: a login with it must be refused because the account is locked"),
});

const output = z.strictObject({
  /** `user@host`, all of them locked now. */
  accounts: z.array(z.string()),
  /** null: not known, since the outcome was learned from the probe. */
  sessions_ended: z.int().nullable(),
  /** Who could still write to the target's database; the step's own account is left out. */
  writers_left: z.array(z.string()),
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
  places: ['local'],
  evidence: 'target',
  // Locking what is locked and ending what has ended changes nothing.
  onUnknown: 'rerun',
  undoes: true,
  effects: () => 'write',
  preview: ({ account, hosts }) => {
    const whom = (hosts ?? ['<every host>']).map((host) => `'${account}'@'${host}'`).join(', ');
    return `ALTER USER ${whom} ACCOUNT LOCK, then KILL its sessions`;
  },
});
