/** The rows of a user that is made: the account, and an identity for each way to be reached. */
import type { Queryable } from './database.ts';
import { mergeMetadata, noInstance } from './users.ts';

type Json = Readonly<Record<string, unknown>>;

export interface NewUser {
  readonly id: string;
  readonly aud: string;
  readonly role: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly encryptedPassword: string;
  readonly appMetadata: Json;
  readonly userMetadata: Json;
  /** What an identity says beside the address; default: nothing. */
  readonly claims?: Json;
  readonly isAnonymous?: boolean;
}

export const providersOf = ({ email, phone }: Pick<NewUser, 'email' | 'phone'>): readonly string[] => [
  ...(email === null ? [] : ['email']),
  ...(phone === null ? [] : ['phone']),
];

export const insertUser = async (db: Queryable, user: NewUser): Promise<void> => {
  const { id, aud, role, email, phone, encryptedPassword, appMetadata, userMetadata } = user;
  const providers = providersOf(user);
  await db.query(
    `INSERT INTO auth.users (instance_id, id, aud, role, email, phone, encrypted_password, confirmation_token,
       recovery_token, email_change_token_new, email_change, raw_app_meta_data, raw_user_meta_data, is_anonymous,
       created_at, updated_at)
     VALUES ('${noInstance}', $1, $2, $3, $4, $5, $6, '', '', '', '', $7, $8, $9, now(), now())`,
    [
      id,
      aud,
      role.trim(),
      email,
      phone,
      encryptedPassword,
      providers.length > 0 ? { provider: providers[0], providers } : {},
      userMetadata,
      user.isAnonymous ?? false,
    ],
  );
  for (const provider of providers) {
    const own = provider === 'email' ? { email } : { phone };
    await insertIdentity(db, id, provider, { ...user.claims, ...own, ...unverified(id) });
  }
  await mergeMetadata(db, id, 'raw_app_meta_data', appMetadata);
};

/** What each new identity says of the user. */
export const unverified = (id: string): Json => ({ sub: id, email_verified: false, phone_verified: false });

export const insertIdentity = (db: Queryable, id: string, provider: string, data: Json): Promise<unknown> =>
  db.query(
    `INSERT INTO auth.identities (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
     VALUES ($1::text, $1::text::uuid, $2, $3, now(), now(), now())`,
    [id, data, provider],
  );
