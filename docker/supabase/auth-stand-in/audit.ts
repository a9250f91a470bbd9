/** auth.audit_log_entries: what succeeded. A failed login is never in it. */
import { randomUUID } from 'node:crypto';
import type { Queryable } from './database.ts';
import { noInstance, type User } from './users.ts';

const logTypes = {
  login: 'account',
  logout: 'account',
  user_signedup: 'team',
  user_deleted: 'team',
  user_invited: 'team',
  user_modified: 'user',
  user_confirmation_requested: 'user',
  user_recovery_requested: 'user',
  user_repeated_signup: 'user',
  user_updated_password: 'user',
  token_refreshed: 'token',
  token_revoked: 'token',
} as const;

export type AuditAction = keyof typeof logTypes;

export type Actor = Pick<User, 'id' | 'email'>;

/** A call with the service_role key, which belongs to nobody. */
export const serviceRole: Actor = { id: noInstance, email: 'service_role' };

export const audit = (
  db: Queryable,
  action: AuditAction,
  actor: Actor,
  traits?: Readonly<Record<string, unknown>>,
): Promise<unknown> =>
  db.query(
    `INSERT INTO auth.audit_log_entries (instance_id, id, payload, created_at) VALUES ('${noInstance}', $1, $2, now())`,
    [
      randomUUID(),
      JSON.stringify({
        action,
        actor_id: actor.id,
        actor_username: actor.email ?? '',
        actor_via_sso: false,
        log_type: logTypes[action],
        ...(traits && { traits }),
      }),
    ],
  );

/** Whom an administrator's action was about. */
export const about = (user: Actor) => ({ user_id: user.id, user_email: user.email, user_phone: '' });
