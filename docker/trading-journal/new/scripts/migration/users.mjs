// Users go to Supabase Auth with the hash of their password, so that the old password keeps working.
import { newId } from './ids.mjs';
import { sourceColumns } from './tables.mjs';

/** Requests under way at a time: Auth shares its database with everybody. */
const concurrency = 8;

const inParallel = async (items, work) => {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
};

/** Makes sure that Auth has the users of these rows of MySQL's `users`, under the ids that 2.0 gives them. */
export const ensureUsers = async (table, rows, { auth, target, seen }) => {
  const [id, email, hash] = ['id', 'email', 'passwordHash'].map((name) => sourceColumns(table).indexOf(name));
  const users = rows.map((row) => ({
    oldId: row[id],
    id: newId('users', row[id]),
    email: row[email].toLowerCase(),
    hash: row[hash],
  }));
  const { absent, stale } = await lookUp(users, target);
  seen.stalePasswords += stale;
  const doubtful = [];
  await inParallel(absent, async (user) => {
    if ((await auth.create(user)) === 'created') seen.createdUsers += 1;
    else doubtful.push(user);
  });
  if (doubtful.length === 0) return;
  const [lost] = (await lookUp(doubtful, target)).absent;
  if (lost) throw new Error(`Supabase Auth says that it has user ${lost.oldId}, but auth.users does not`);
};

/** Those whom Auth lacks, and how many it has with another password. Another account with our user's address is an error. */
const lookUp = async (users, target) => {
  const ids = users.map((user) => user.id);
  const emails = users.map((user) => user.email);
  const found = await target.authUsers(ids, emails);
  const byId = new Map(found.map((user) => [user.id, user]));
  const byEmail = new Map(found.map((user) => [user.email, user]));
  for (const { oldId, id, email } of users) {
    const holder = byEmail.get(email);
    if (holder && holder.id !== id)
      throw new Error(
        `The e-mail address of user ${oldId} belongs to another user of Supabase Auth, ${holder.id}: remove or rename that one, then run this again`,
      );
    if (byId.has(id) && byId.get(id).email !== email)
      throw new Error(`User ${oldId} has another e-mail address in Supabase Auth (as ${id}) than in MySQL`);
  }
  return {
    absent: users.filter(({ id }) => !byId.has(id)),
    stale: users.filter(({ id, hash }) => byId.has(id) && byId.get(id).hash !== hash).length,
  };
};
