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
       recovery_token, email_change_token_new, email_change, raw_app_meta_data, raw_user_meta_data, created_at, updated_at)
     VALUES ('${noInstance}', $1, $2, $3, $4, $5, $6, '', '', '', '', $7, $8, now(), now())`,
    [
      id,
      aud,
      role.trim(),
      email,
      phone,
      encryptedPassword,
      { provider: providers[0], providers },
      userMetadata,
    ],
  );
  for (const provider of providers) {
    const data = { ...(provider === 'email' ? { email } : { phone }), sub: id };
    await insertIdentity(db, id, provider, { ...data, email_verified: false, phone_verified: false });
  }
  await mergeMetadata(db, id, 'raw_app_meta_data', appMetadata);
};

export const insertIdentity = (db: Queryable, id: string, provider: string, data: Json): Promise<unknown> =>
  db.query(
    `INSERT INTO auth.identities (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
     VALUES ($1::text, $1::text::uuid, $2, $3, now(), now(), now())`,
    [id, data, provider],
  );
