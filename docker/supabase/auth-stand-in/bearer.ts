import type { Context } from 'hono';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { parseUuid } from './addresses.ts';
import { AuthError, invalid } from './auth-error.ts';
import type { Env, Service } from './service.ts';
import { findById, isBanned, noInstance, type User } from './users.ts';

export interface Claims extends JWTPayload {
  readonly role?: string;
  readonly session_id?: string;
}

const badJwt = (why: string, status = 403): AuthError => new AuthError(status, 'bad_jwt', why);

const readBearer = async (c: Context<Env>, secret: string): Promise<Claims> => {
  const token = /^bearer (\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  if (!token) throw new AuthError(401, 'no_authorization', 'This endpoint requires a valid Bearer token');
  try {
    const key = new TextEncoder().encode(secret);
    return (await jwtVerify<Claims>(token, key, { algorithms: ['HS256'] })).payload;
  } catch (error) {
    if (error instanceof errors.JOSEError)
      throw badJwt(`invalid JWT: unable to parse or verify signature, ${error.message}`);
    throw error;
  }
};

export interface SignedIn {
  readonly user: User;
  /** null: the token names none. */
  readonly sessionId: string | null;
  readonly claims: Claims;
}

/** A valid signature is not enough: the session must not have been ended meanwhile. */
const signedIn = async ({ pool }: Service, claims: Claims): Promise<SignedIn> => {
  if (!claims.sub) throw badJwt('invalid claim: missing sub claim');
  const id = parseUuid(claims.sub);
  if (id === null) throw badJwt('invalid claim: sub claim must be a UUID', 400);
  const user = await findById(pool, id);
  if (!user) throw new AuthError(403, 'user_not_found', 'User from sub claim in JWT does not exist');
  if (!claims.session_id || claims.session_id === noInstance) return { user, sessionId: null, claims };
  const sessionId = parseUuid(claims.session_id);
  if (sessionId === null) throw badJwt('invalid claim: session_id claim must be a UUID');
  const { rowCount } = await pool.query('SELECT FROM auth.sessions WHERE id = $1', [sessionId]);
  if (!rowCount)
    throw new AuthError(403, 'session_not_found', 'Session from session_id claim in JWT does not exist');
  return { user, sessionId, claims };
};

export const requireAdmin = async (c: Context<Env>, service: Service): Promise<void> => {
  const claims = await readBearer(c, service.config.jwt.secret);
  if (claims.session_id && claims.session_id !== noInstance) await signedIn(service, claims);
  if (claims.role === undefined || !service.config.jwt.adminRoles.includes(claims.role))
    throw new AuthError(403, 'not_admin', 'User not allowed');
};

/** Also refuses who was banned after the token was issued. */
export const requireUser = async (c: Context<Env>, service: Service): Promise<SignedIn> => {
  const found = await signedIn(service, await readBearer(c, service.config.jwt.secret));
  if (isBanned(found.user)) throw new AuthError(403, 'user_banned', 'User is banned');
  return found;
};

export const audienceOf = (c: Context<Env>, { config }: Service): string =>
  c.req.header('x-jwt-aud') || config.jwt.audience;

/** A token is for the audience that the request is for. */
export const assertAudience = (c: Context<Env>, { claims }: SignedIn): void => {
  const own = Array.isArray(claims.aud) ? claims.aud[0] : claims.aud;
  const asked = c.req.header('x-jwt-aud') || own;
  if (!own || asked !== own) throw invalid("Token audience doesn't match request audience");
};
