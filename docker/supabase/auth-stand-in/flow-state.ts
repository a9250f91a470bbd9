/** PKCE: who asked for the mail proves it when the code comes back, within five minutes. */
import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AuthError, invalid, unexpected } from './auth-error.ts';
import type { Queryable } from './database.ts';

const expiryMs = 300_000;

export const challengeParams = {
  code_challenge: z.string().default(''),
  code_challenge_method: z.string().default(''),
};

interface Challenge {
  readonly code_challenge: string;
  readonly code_challenge_method: string;
}

/** How the user is known once the code is redeemed; part of the session's tokens. */
export type FlowMethod = 'recovery' | 'magiclink' | 'email/signup' | 'invite' | 'email_change';

/** RFC 7636, 4.2. False: this is no flow with a code. */
export const assertChallenge = ({
  code_challenge: challenge,
  code_challenge_method: method,
}: Challenge): boolean => {
  if ((challenge === '') !== (method === ''))
    throw invalid('PKCE flow requires code_challenge_method and code_challenge');
  if (challenge === '') return false;
  const length = Buffer.byteLength(challenge);
  if (length < 43 || length > 128) throw invalid('code challenge has to be between 43 and 128 characters');
  if (!/^[\w.~-]+$/.test(challenge))
    throw invalid(
      'code challenge can only contain alphanumeric characters, hyphens, periods, underscores and tildes',
    );
  return true;
};

/** @param provider what the audit log calls it when the code is redeemed */
export const beginFlow = async (
  db: Queryable,
  userId: string,
  { code_challenge: challenge, code_challenge_method: method }: Challenge,
  by: FlowMethod,
  provider: string = by,
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
     VALUES ($1, $2, $3, $4, $5, $6, $7, now(), now())`,
    [randomUUID(), userId, randomUUID(), kind, challenge, provider, by],
  );
};

/** The code of the user's latest flow of this kind, handed out by the mailed link. */
export const issueCode = async (db: Queryable, userId: string, by: FlowMethod): Promise<string> => {
  const { rows } = await db.query(
    `UPDATE auth.flow_state SET auth_code_issued_at = now(), updated_at = now() WHERE id =
       (SELECT id FROM auth.flow_state WHERE user_id = $1 AND authentication_method = $2
        ORDER BY created_at DESC LIMIT 1) RETURNING auth_code`,
    [userId, by],
  );
  if (!rows[0])
    throw new AuthError(
      400,
      'flow_state_not_found',
      'No associated flow state found. 422: No valid flow state found for user.',
    );
  return rows[0].auth_code;
};

export interface RedeemedFlow {
  readonly userId: string;
  readonly method: FlowMethod;
  readonly provider: string;
}

/** Returns whose flow it was, and ends it. */
export const redeemCode = async (db: Queryable, code: string, verifier: string): Promise<RedeemedFlow> => {
  const { rows } = await db.query('SELECT * FROM auth.flow_state WHERE auth_code = $1', [code]);
  const flow = rows[0];
  if (!flow)
    throw new AuthError(404, 'flow_state_not_found', 'invalid flow state, no valid flow state found');
  // A magic link may lie in the inbox for a day: its time begins when it is opened.
  const opened = flow.authentication_method === 'magiclink' ? flow.auth_code_issued_at : null;
  if (Date.now() > (opened ?? flow.created_at).getTime() + expiryMs)
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
  return { userId: flow.user_id, method: flow.authentication_method, provider: flow.provider_type };
};
