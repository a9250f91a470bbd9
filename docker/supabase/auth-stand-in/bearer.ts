import type { Context } from 'hono';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { AuthError } from './auth-error.ts';
import type { Env, Service } from './service.ts';
import { findById, type User } from './users.ts';

export interface Claims extends JWTPayload {
  readonly role?: string;
  readonly session_id?: string;
}

const badJwt = (why: string): AuthError => new AuthError(403, 'bad_jwt', `invalid JWT: ${why}`);

const readBearer = async (c: Context<Env>, secret: string): Promise<Claims> => {
  const token = /^bearer (\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  if (!token) throw new AuthError(401, 'no_authorization', 'This endpoint requires a valid Bearer token');
  try {
    const key = new TextEncoder().encode(secret);
    return (await jwtVerify<Claims>(token, key, { algorithms: ['HS256'] })).payload;
  } catch (error) {
    if (error instanceof errors.JOSEError)
      throw badJwt(`unable to parse or verify signature, ${error.message}`);
    throw error;
  }
};

export const requireAdmin = async (c: Context<Env>, { config }: Service): Promise<void> => {
  const { role } = await readBearer(c, config.jwt.secret);
  if (role === undefined || !config.jwt.adminRoles.includes(role))
    throw new AuthError(403, 'not_admin', 'User not allowed');
};

export interface SignedIn {
  readonly user: User;
  readonly sessionId: string;
}

/** A valid signature is not enough: the session must not have been ended meanwhile. */
export const requireUser = async (c: Context<Env>, { config, pool }: Service): Promise<SignedIn> => {
  const { sub, session_id: sessionId } = await readBearer(c, config.jwt.secret);
  if (sub === undefined) throw badJwt('missing sub claim');
  const user = await findById(pool, sub);
  if (!user) throw new AuthError(403, 'user_not_found', 'User from sub claim in JWT does not exist');
  const { rowCount } = await pool.query('SELECT FROM auth.sessions WHERE id = $1', [sessionId ?? null]);
  if (sessionId === undefined || !rowCount)
    throw new AuthError(403, 'session_not_found', 'Session from session_id claim in JWT does not exist');
  return { user, sessionId };
};

export const audienceOf = (c: Context<Env>, { config }: Service): string =>
  c.req.header('x-jwt-aud') || config.jwt.audience;
