/** What an administrator's calls make of users, held against the stand-in and the real Auth. */
import { argon2Sync, createCipheriv, randomBytes, randomInt, randomUUID, scryptSync } from 'node:crypto';
import { hash } from 'bcryptjs';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  asAdmin,
  authPrograms,
  call,
  createUser,
  freshEmail,
  logIn,
  rowOf,
  useAuthServer,
} from '../../support/auth-contract.ts';
import { useLab } from '../../support/lab.ts';

const lab = await useLab();

describe.each(authPrograms)('$name', (program) => {
  const auth = useAuthServer(lab, program);
  const create = (body: Record<string, unknown>) => asAdmin(auth(), 'POST /admin/users', { body });

  describe('an address', () => {
    const label63 = 'x'.repeat(63);
    let id: string;
    beforeAll(async () => {
      ({ id } = await createUser(auth()));
    });

    /** So long as it may be: labels of 63 at most. */
    const ofLength = (length: number): string => {
      const domain = `${label63}.${label63}.${label63}.test`;
      return `${'a'.repeat(length - domain.length - 1)}@${domain}`;
    };

    test.each([
      'zoé@journal.test',
      'zoe@journal.tést',
      'zoe@jour_nal.test',
      'zoe@journal-.test',
      'zoe@-journal.test',
      `zoe@${label63}x.test`,
      'zoe@journal.test.',
      'zoe@.journal.test',
      'zoe@[127.0.0.1]',
      'zoe,max@journal.test',
      'zoe;max@journal.test',
      'zoe\\max@journal.test',
      '"zoe max"@journal.test',
      'Zoe <zoe@journal.test>',
      ' zoe@journal.test',
      'zoe@journal.test ',
      'zoe@max@journal.test',
      'zoe',
      'zoe@',
      '@journal.test',
    ])('%s is refused, wherever it is given', async (email) => {
      const answers = [
        await create({ email }),
        await asAdmin(auth(), `PUT /admin/users/${id}`, { body: { email } }),
        await asAdmin(auth(), 'POST /admin/generate_link', { body: { type: 'recovery', email } }),
        await call(auth(), 'POST /recover', { body: { email } }),
      ];
      for (const { status, json } of answers) {
        expect(status).toBe(400);
        expect(json).toMatchObject({
          error_code: 'validation_failed',
          msg: 'Unable to validate email address: invalid format',
        });
      }
    });

    test.each([
      ["o'brien+night", 'journal.test'],
      ["!#$%&'*+/=?^_`{|}~-", 'journal.test'],
      ['.zoe..max.', 'journal.test'],
      ['zoe', 'localhost'],
      ['zoe', `${label63}.test`],
      ['zoe', '127.0.0.1'],
    ])('%s@%s is taken', async (name, domain) => {
      const email = `${name}${randomUUID().slice(0, 8)}@${domain}`;
      const { status, json } = await create({ email });
      expect([status, json.email]).toEqual([200, email]);
    });

    test('of 255 characters is taken, of one more refused', async () => {
      expect((await create({ email: ofLength(255) })).status).toBe(200);
      expect(await create({ email: ofLength(256) })).toMatchObject({
        status: 400,
        json: { error_code: 'validation_failed', msg: 'An email address is too long' },
      });
    });
  });

  describe('a password hash', () => {
    const password = 'old-secret';
    const base64 = (bytes: Buffer): string => bytes.toString('base64');

    test.each(['argon2i', 'argon2id'] as const)('of %s logs in with the old password', async (algorithm) => {
      const nonce = randomBytes(16);
      const cost = { parallelism: 1, tagLength: 32, memory: 256, passes: 2 };
      const tag = argon2Sync(algorithm, { message: password, nonce, ...cost });
      const unpadded = [nonce, tag].map((bytes) => base64(bytes).replace(/=+$/, ''));
      const password_hash = `$${algorithm}$v=19$m=256,t=2,p=1$${unpadded.join('$')}`;
      const { email } = await createUser(auth(), { password_hash });
      expect((await logIn(auth(), email, password)).status).toBe(200);
      expect((await logIn(auth(), email, 'wrong-secret')).status).toBe(400);
    });

    test('of Firebase logs in with the old password', async () => {
      const [salt, separator, key] = [randomBytes(8), Buffer.from([7]), randomBytes(64)];
      const derived = scryptSync(password, Buffer.concat([salt, separator]), 32, { N: 1 << 10, r: 8, p: 1 });
      const cipher = createCipheriv('aes-256-ctr', derived, Buffer.alloc(16));
      const settings = `v=1,n=10,r=8,p=1,ss=${base64(separator)},sk=${base64(key)}`;
      const password_hash = `$fbscrypt$${settings}$${base64(salt)}$${base64(cipher.update(key))}`;
      const { email } = await createUser(auth(), { password_hash });
      expect((await logIn(auth(), email, password)).status).toBe(200);
      expect((await logIn(auth(), email, 'wrong-secret')).status).toBe(400);
    });

    test.each(['2a', '2b', '2x', '2y'])('$%s$ logs in with the old password', async (version) => {
      const password_hash = (await hash(password, 4)).replace(/^\$2.?\$/, `$${version}$`);
      const { email } = await createUser(auth(), { password_hash });
      expect((await logIn(auth(), email, password)).status).toBe(200);
    });

    test('of bcrypt is not looked at behind its cost, and opens nothing', async () => {
      const { email } = await createUser(auth(), { password_hash: `$2y$10$${'!'.repeat(53)}` });
      expect(await logIn(auth(), email, password)).toMatchObject({
        status: 400,
        json: { error_code: 'invalid_credentials' },
      });
    });

    test.each([
      'plain',
      '$2y$10$tooshort',
      `$2y$99$${'!'.repeat(53)}`,
      `$3y$10$${'!'.repeat(53)}`,
      '$argon2d$v=19$m=1024,t=2,p=1$c29tZXNhbHQ$AqCbp0+FbLLnOKFKm3f2dQ',
      '$argon2id$v=16$m=1024,t=2,p=1$c29tZXNhbHQ$AqCbp0+FbLLnOKFKm3f2dQ',
      '$argon2id$v=19$m=1024,t=2,p=1$$AqCbp0+FbLLnOKFKm3f2dQ',
      '$argon2id$v=19$m=2000000,t=2,p=1$c29tZXNhbHQ$AqCbp0+FbLLnOKFKm3f2dQ',
      '$fbscrypt$v=2,n=14,r=8,p=1,ss=Bw==,sk=a2V5$c2FsdA==$aGFzaA==',
    ])('%s is refused: 500', async (password_hash) => {
      expect(await create({ email: freshEmail(), password_hash })).toMatchObject({
        status: 500,
        json: { error_code: 'unexpected_failure', msg: 'Error creating user' },
      });
    });

    test('beside a password, even an empty one, is refused', async () => {
      const password_hash = await hash(password, 4);
      for (const other of ['', 'new-secret'])
        expect(await create({ email: freshEmail(), password_hash, password: other })).toMatchObject({
          status: 400,
          json: {
            error_code: 'validation_failed',
            msg: 'Only a password or a password hash should be provided',
          },
        });
    });
  });

  test('a password of 72 bytes is taken at creation, of 73 the server breaks', async () => {
    expect((await create({ email: freshEmail(), password: 'é'.repeat(36) })).status).toBe(200);
    for (const password of ['a'.repeat(73), 'é'.repeat(37)])
      expect((await create({ email: freshEmail(), password })).status).toBe(500);
  });

  test('an empty password is none at creation, and a weak one later', async () => {
    const { id } = await createUser(auth(), { password: '' });
    expect(await asAdmin(auth(), `PUT /admin/users/${id}`, { body: { password: '' } })).toMatchObject({
      status: 422,
      json: { error_code: 'weak_password', weak_password: { reasons: ['length'] } },
    });
  });

  test('ban_duration bans, and `none` lifts it', async () => {
    const until = async (ban_duration: string, id: string) => {
      const { status, json } = await asAdmin(auth(), `PUT /admin/users/${id}`, { body: { ban_duration } });
      expect(status).toBe(200);
      return json.banned_until === undefined ? null : Date.parse(json.banned_until) - Date.now();
    };
    const { status, json } = await create({ email: freshEmail(), ban_duration: '24h' });
    expect(status).toBe(200);
    expect(Date.parse(json.banned_until ?? '') - Date.now()).toBeGreaterThan(23 * 3_600_000);
    expect(await until('none', json.id)).toBeNull();
    expect(Math.round(((await until('1h30m', json.id)) ?? 0) / 60_000)).toBe(90);
    expect(await until('-1h', json.id)).toBeLessThan(0);
    for (const ban_duration of ['1 day', '1d', 'forever', '5'])
      expect(await create({ email: freshEmail(), ban_duration })).toMatchObject({
        status: 400,
        json: {
          error_code: 'validation_failed',
          msg: expect.stringContaining('invalid format for ban duration'),
        },
      });
  });

  test('a user may have a phone and no address', async () => {
    const phone = `33${randomInt(1e8, 1e9)}`;
    const { status, json } = await create({ phone: `+${phone}`, phone_confirm: true });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      phone,
      email: '',
      app_metadata: { provider: 'phone', providers: ['phone'] },
    });
    expect(json.phone_confirmed_at).toBeDefined();
    expect(await create({ phone })).toMatchObject({ status: 422, json: { error_code: 'phone_exists' } });
    expect(await create({ phone: 'abc' })).toMatchObject({
      status: 400,
      json: { error_code: 'validation_failed' },
    });
    expect(await create({})).toMatchObject({ status: 400, json: { error_code: 'validation_failed' } });
  });

  test('an id may be written in each form of a UUID', async () => {
    const forms = [
      (id: string) => id,
      (id: string) => id.toUpperCase(),
      (id: string) => id.replaceAll('-', ''),
      (id: string) => `urn:uuid:${id}`,
      (id: string) => `{${id}}`,
    ];
    for (const form of forms) {
      const id = randomUUID();
      const { status, json } = await create({ id: form(id), email: freshEmail() });
      expect([status, json.id]).toEqual([200, id]);
    }
    const { id } = await createUser(auth());
    for (const form of [id.toUpperCase(), id.replaceAll('-', '')])
      expect((await asAdmin(auth(), `GET /admin/users/${form}`)).json.id).toBe(id);
    for (const wrong of ['cuid-1', '1234', '00000000-0000-0000-0000-000000000000'])
      expect(await create({ id: wrong, email: freshEmail() })).toMatchObject({
        status: 400,
        json: { error_code: 'validation_failed' },
      });
  });

  test('a key of app_metadata that is null is dropped', async () => {
    const { id } = await createUser(auth(), {
      app_metadata: { migratedFrom: 'c1', plan: null, provider: null },
    });
    expect((await rowOf(auth(), id)).raw_app_meta_data).toEqual({ migratedFrom: 'c1', providers: ['email'] });
  });

  test('an id that exists: 500 with the code of Postgres, for the old API version', async () => {
    const { id } = await createUser(auth());
    expect(await create({ id, email: freshEmail() })).toMatchObject({
      status: 500,
      json: { code: '23505', message: expect.stringContaining('users_pkey') },
    });
    const headers = { 'x-supabase-api-version': '2024-01-01' };
    const answer = await asAdmin(auth(), 'POST /admin/users', { body: { id, email: freshEmail() }, headers });
    expect(answer).toMatchObject({ status: 500, json: { code: 'unexpected_failure' } });
  });

  describe('the list', () => {
    test('shows no identities', async () => {
      const { id } = await createUser(auth());
      const { json } = await asAdmin(auth(), 'GET /admin/users');
      expect(json.users[0]).toMatchObject({ id, identities: null });
      expect((await asAdmin(auth(), `GET /admin/users/${id}`)).json.identities).toHaveLength(1);
    });

    test('is sorted by created_at only', async () => {
      const newest = await createUser(auth());
      const firstOf = async (sort: string) =>
        (await asAdmin(auth(), `GET /admin/users?sort=${encodeURIComponent(sort)}`)).json.users[0]?.id;
      expect(await firstOf('created_at desc')).toBe(newest.id);
      expect(await firstOf('created_at')).toBe(newest.id);
      expect(await firstOf('created_at ASC')).not.toBe(newest.id);
      for (const sort of ['email', 'created_at up', ''])
        expect(await asAdmin(auth(), `GET /admin/users?sort=${encodeURIComponent(sort)}`)).toMatchObject({
          status: 400,
          json: { error_code: 'validation_failed', msg: expect.stringContaining('Bad Sort Parameters') },
        });
    });

    test('of no users a page: 500, of what is no number: 400', async () => {
      expect((await asAdmin(auth(), 'GET /admin/users?per_page=0')).status).toBe(500);
      for (const query of ['page=-1', 'per_page=x', 'page=1.5'])
        expect((await asAdmin(auth(), `GET /admin/users?${query}`)).status).toBe(400);
    });

    test.each([
      'role',
      'created_at',
      'updated_at',
      'email_change_confirm_status',
      'recovery_token',
      'phone_change',
    ])('breaks on a NULL in %s, and so does that user', async (column) => {
      const { id } = await createUser(auth());
      const { [column]: value } = await rowOf(auth(), id);
      await auth().ask(`UPDATE auth.users SET ${column} = NULL WHERE id = $1`, [id]);
      expect((await asAdmin(auth(), 'GET /admin/users?per_page=1000')).status).toBe(500);
      expect((await asAdmin(auth(), `GET /admin/users/${id}`)).status).toBe(500);
      await auth().ask(`UPDATE auth.users SET ${column} = $2 WHERE id = $1`, [id, value]);
      expect((await asAdmin(auth(), 'GET /admin/users?per_page=1000')).status).toBe(200);
    });
  });

  test('a soft delete takes the password, hides the address and keeps the identity', async () => {
    const { id } = await createUser(auth(), { password: 'a-Secret-1', user_metadata: { name: 'Zoé' } });
    const body = { should_soft_delete: true };
    expect((await asAdmin(auth(), `DELETE /admin/users/${id}`, { body })).status).toBe(200);
    expect(await rowOf(auth(), id)).toMatchObject({
      email: expect.stringMatching(/^[\w-]{43}$/),
      encrypted_password: null,
      raw_app_meta_data: {},
      raw_user_meta_data: {},
      deleted_at: expect.any(Date),
    });
    const identities = await auth().ask('SELECT * FROM auth.identities WHERE user_id = $1', [id]);
    expect(identities).toMatchObject([
      { identity_data: {}, provider: 'email', provider_id: expect.stringMatching(/^[\w-]{43}$/) },
    ]);
  });
});
