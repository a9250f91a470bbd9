/** PKCE: who asked for the mail proves it when the code comes back, within five minutes. */
import { createHash, randomUUID } from 'node:crypto';
import { AuthError, invalid, unexpected } from './auth-error.ts';
import type { Queryable } from './database.ts';

const expiryMs = 300_000;

/** RFC 7636, 4.2. */
export const assertChallenge = (challenge: string, method: string): void => {
  if ((challenge === '') !== (method === ''))
    throw invalid('PKCE flow requires code_challenge_method and code_challenge');
  if (challenge === '') return;
  const length = Buffer.byteLength(challenge);
  if (length < 43 || length > 128) throw invalid('code challenge has to be between 43 and 128 characters');
  if (!/^[\w.~-]+$/.test(challenge))
    throw invalid(
      'code challenge can only contain alphanumeric characters, hyphens, periods, underscores and tildes',
    );
};

export const beginFlow = async (
  db: Queryable,
  userId: string,
  challenge: string,
  method: string,
): Promise<void> => {
  const kind = method.toLowerCase();
  if (kind !== 's256' && kind !== 'plain')
    throw unexpected(
      'Unexpected failure, please check server logs for more information',
      new Error(`unsupported code_challenge method ${method}`),
    );
  await db.query(
    `INSERT INTO auth.flow_state (id, user_id, auth_code, code_challenge_method, code_challenge, provider_type,
       authentication_method, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, 'recovery', 'recovery', now(), now())`,
    [randomUUID(), userId, randomUUID(), kind, challenge],
  );
};

/** The code of the user's latest flow, handed out by the mailed link. */
export const issueCode = async (db: Queryable, userId: string): Promise<string> => {
  const { rows } = await db.query(
    `UPDATE auth.flow_state SET auth_code_issued_at = now() WHERE id =
       (SELECT id FROM auth.flow_state WHERE user_id = $1 ORDER BY created_at DESC LIMIT 1) RETURNING auth_code`,
    [userId],
  );
  if (!rows[0]) throw new AuthError(422, 'flow_state_not_found', 'No valid flow state found for user.');
  return rows[0].auth_code;
};

/** Returns whose flow it was, and ends it. */
export const redeemCode = async (db: Queryable, code: string, verifier: string): Promise<string> => {
  const { rows } = await db.query('SELECT * FROM auth.flow_state WHERE auth_code = $1', [code]);
  const flow = rows[0];
  if (!flow)
    throw new AuthError(404, 'flow_state_not_found', 'invalid flow state, no valid flow state found');
  if (Date.now() > flow.created_at.getTime() + expiryMs)
    throw new AuthError(422, 'flow_state_expired', 'invalid flow state, flow state has expired');
  const proof =
    flow.code_challenge_method === 's256'
      ? createHash('sha256').update(verifier).digest('base64url')
      : verifier;
  if (proof !== flow.code_challenge)
    throw new AuthError(
      400,
      'bad_code_verifier',
      'code challenge does not match previously saved code verifier',
    );
  await db.query('DELETE FROM auth.flow_state WHERE id = $1', [flow.id]);
  return flow.user_id;
};
