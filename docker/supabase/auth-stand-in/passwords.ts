import { argon2, createCipheriv, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { compare, hash } from 'bcryptjs';
import { AuthError, invalid, unexpected } from './auth-error.ts';

const cost = 10;
/** Of an unknown password: it need not be slow. */
const leastCost = 4;
/** What bcrypt reads of a password. */
const maxBytes = 72;

/** Of more than bcrypt can read the real server breaks, instead of refusing it. */
export const hashPassword = async (password: string): Promise<string> => {
  if (Buffer.byteLength(password) > maxBytes)
    throw unexpected('Internal Server Error', new Error('bcrypt: password length exceeds 72 bytes'));
  return hash(password, cost);
};

export const unguessed = (): string => randomBytes(32).toString('base64url');

/** Of a user that is made without a password. */
export const unknownPassword = (): Promise<string> => hash(unguessed(), leastCost);

type Check = (password: string) => Promise<boolean>;

/** The part after the cost is not checked: such a hash is accepted, but matches no password. */
const bcryptCheck = (passwordHash: string): Check | null => {
  const [, rounds] = /^\$2[^$]?\$(\d\d)\$/.exec(passwordHash) ?? [];
  if (passwordHash.length < 59 || rounds === undefined || Number(rounds) < 4 || Number(rounds) > 31)
    return null;
  // bcryptjs knows no $2x$, which Go takes for any other.
  const known = passwordHash.replace(/^\$2[^$]?\$/, '$2b$');
  return (password) => compare(password, known).catch(() => false);
};

const argon2Form =
  /^\$(argon2(?:d|i|id))\$v=(16|19)\$m=(\d+),t=(\d+),p=(\d+)(,keyid=[^,$]+)?(,data=[^$]+)?\$([^$]*)\$(.*)$/;
const mostMemory = 1_024 * 1_024;

const argon2Check = (passwordHash: string): Check | null => {
  const [, algorithm, version, m, t, p, keyId, data, salt = '', tag = ''] =
    argon2Form.exec(passwordHash) ?? [];
  if (algorithm !== 'argon2i' && algorithm !== 'argon2id') return null;
  const [memory, passes, parallelism] = [Number(m), Number(t), Number(p)];
  if (version !== '19' || keyId || data || memory > mostMemory || passes > 20 || parallelism > 16)
    return null;
  const [nonce, expected] = [fromBase64(salt, false), fromBase64(tag, false)];
  if (!nonce?.length || !expected?.length) return null;
  return async (message) => {
    const options = { message, nonce, memory, passes, parallelism, tagLength: expected.length };
    return timingSafeEqual(await promisify(argon2)(algorithm, options), expected);
  };
};

const firebaseForm =
  /^\$fbscrypt\$v=(\d+),n=(\d+),r=(\d+),p=(\d+)(?:,ss=([^,]+))?(?:,sk=([^$]+))?\$([^$]+)\$(.+)$/;

const firebaseCheck = (passwordHash: string): Check | null => {
  const [, version, n, r, p, separator = '', key = '', salt = '', tag = ''] =
    firebaseForm.exec(passwordHash) ?? [];
  const costs = { N: 2 ** Number(n), r: Number(r), p: Number(p) };
  if (version !== '1' || Number(n) === 0 || costs.r === 0 || costs.p === 0 || costs.p > 255) return null;
  const parts = [salt, separator, key, tag].map((text) => fromBase64(text, true));
  const [nonce, after, signer, expected] = parts;
  if (!nonce || !after || !signer || !expected) return null;
  return async (password) => {
    const derived = await promisify<string, Buffer, number, object, Buffer>(scrypt)(
      password,
      Buffer.concat([nonce, after]),
      32,
      { ...costs, maxmem: 256 * costs.N * costs.r },
    );
    const signed = createCipheriv('aes-256-ctr', derived, Buffer.alloc(16)).update(signer);
    return signed.length === expected.length && timingSafeEqual(signed, expected);
  };
};

/** null: not of this alphabet. */
const fromBase64 = (text: string, padded: boolean): Buffer | null => {
  const bytes = Buffer.from(text, 'base64');
  const again = padded ? bytes.toString('base64') : bytes.toString('base64').replace(/=+$/, '');
  return again === text ? bytes : null;
};

/** null: of no kind that Auth knows. */
const checkOf = (passwordHash: string): Check | null => {
  if (passwordHash.startsWith('$argon2')) return argon2Check(passwordHash);
  if (passwordHash.startsWith('$fbscrypt')) return firebaseCheck(passwordHash);
  return bcryptCheck(passwordHash);
};

/** What the administrator imports. */
export const assertHash = (passwordHash: string): string => {
  if (checkOf(passwordHash) === null)
    throw unexpected('Error creating user', new Error('not a hash of bcrypt, argon2 or Firebase scrypt'));
  return passwordHash;
};

export interface PasswordRules {
  readonly minLength: number;
  /** One of each of these sets. */
  readonly required: readonly string[];
}

/** Bytes are counted, whatever the message says. */
export const assertStrong = (password: string, { minLength, required }: PasswordRules): void => {
  const bytes = Buffer.byteLength(password);
  if (bytes > maxBytes) throw invalid(`Password cannot be longer than ${maxBytes} characters`);
  const characters = new Set(password);
  const lacks = (set: string) => ![...set].some((character) => characters.has(character));
  const faults = [
    ...(bytes < minLength
      ? [{ reason: 'length', message: `Password should be at least ${minLength} characters.` }]
      : []),
    ...(required.some(lacks)
      ? [
          {
            reason: 'characters',
            message: `Password should contain at least one character of each: ${required.join(', ')}.`,
          },
        ]
      : []),
  ];
  if (faults.length > 0)
    throw new AuthError(422, 'weak_password', faults.map(({ message }) => message).join(' '), {
      weak_password: { reasons: faults.map(({ reason }) => reason) },
    });
};

/** For who signs up by a link. */
export const randomPassword = ({ required }: PasswordRules): string =>
  `${required.map((set) => set[0]).join('')}${randomBytes(25).toString('base64url')}`.slice(0, 33);

export const isPassword = async (password: string, passwordHash: string | null): Promise<boolean> => {
  if (passwordHash === null || passwordHash === '') return false;
  return (await checkOf(passwordHash)?.(password)) ?? false;
};
