import { compare, getRounds, hash } from 'bcryptjs';
import { AuthError, invalid, unexpected } from './auth-error.ts';

const cost = 10;
/** What bcrypt reads of a password; more is refused rather than ignored. */
const maxBytes = 72;

export const hashPassword = (password: string): Promise<string> => hash(password, cost);

/** Checks what the administrator imports: only bcrypt here, while the real server also takes argon2 and scrypt. */
export const assertHash = (passwordHash: string): string => {
  try {
    getRounds(passwordHash);
  } catch (cause) {
    throw unexpected('Error creating user', cause);
  }
  if (!/^\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}$/.test(passwordHash))
    throw unexpected('Error creating user', new Error('not a bcrypt hash'));
  return passwordHash;
};

export const assertStrong = (password: string, minLength: number): void => {
  if (password.length < minLength)
    throw new AuthError(422, 'weak_password', `Password should be at least ${minLength} characters.`, {
      weak_password: { reasons: ['length'] },
    });
  if (Buffer.byteLength(password) > maxBytes)
    throw invalid(`Password cannot be longer than ${maxBytes} characters`);
};

export const isPassword = async (password: string, passwordHash: string | null): Promise<boolean> =>
  passwordHash !== null && passwordHash !== '' && (await compare(password, passwordHash));
