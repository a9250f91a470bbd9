// A session is a signed note to ourselves: HS256, seven days, in a cookie that scripts can't read.
import { errors, jwtVerify, SignJWT } from 'jose';

export const sessionSeconds = 7 * 24 * 60 * 60;
const key = () => new TextEncoder().encode(process.env.JWT_SECRET);

export const sign = (userId) =>
  new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setIssuedAt()
    .setExpirationTime(`${sessionSeconds} s`)
    .sign(key());

/** null: expired, forged or none. */
export const userIdOf = async (token) => {
  if (!token) return null;
  try {
    const { payload } = await jwtVerify(token, key(), { algorithms: ['HS256'] });
    return payload.sub ?? null;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
};
