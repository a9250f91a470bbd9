import { isDeepStrictEqual } from 'node:util';
import type { AuthError, Session } from '@supabase/supabase-js';
import { type ActContext, parseForeignJson, type StepActs, StepFailed } from '../../engine/step.ts';
import { checkedNow } from '../_kits/checked-now.ts';
import { valueAt } from '../_kits/json-pointer.ts';
import '../_targets/supabase/client.ts';
import type { SignInInput, SignInOutput } from './step.ts';

const failed = (short: string, remedy?: string): StepFailed =>
  // As a check it is asked again until it passes: a user may be on the way.
  new StepFailed(short, { effect: 'none', retryable: true, ...(remedy && { remedy }) });

/** Auth knows the login and says no. Anything else (too many requests, no answer) says nothing of the password. */
const refusals = new Set(['invalid_credentials', 'user_banned', 'email_not_confirmed', 'user_not_found']);

const signIn = async (ctx: ActContext, input: SignInInput): Promise<SignInOutput> => {
  const target = await ctx.connect('supabase');
  const { client } = target.anon(ctx.signal);
  const startedAt = performance.now();
  const { data, error } = await client.auth.signInWithPassword({
    email: input.email,
    password: ctx.reveal(input.password),
  });
  const duration_ms = Math.round(performance.now() - startedAt);
  if (error) return refused(input, error, duration_ms);
  const signOut = await client.auth.signOut({ scope: 'local' });
  if (signOut.error)
    ctx.log(`the session could not be ended, and dies by itself: ${signOut.error.message}\n`);

  if (input.expect === 'refused')
    throw failed('the login works, and was to be refused', 'Who can log in with it must not be able to');
  const faults = faultsOf(input, data.session);
  if (faults.length > 0) throw failed(`signed in, but ${faults.join('; ')}`);
  const { expires_in, user } = data.session;
  return { signed_in: true, user_id: user.id, refusal: null, session_seconds: expires_in, duration_ms };
};

const refused = ({ expect }: SignInInput, error: AuthError, duration_ms: number): SignInOutput => {
  const code = error.code ?? '';
  if (!refusals.has(code))
    throw failed(
      `whether the login works is not known: ${error.message}${code ? ` (${code})` : ''}`,
      error.status === 429
        ? 'Auth counts logins by address: wait some minutes'
        : 'Look at the status of Auth',
    );
  if (expect === 'refused')
    return { signed_in: false, user_id: null, refusal: code, session_seconds: null, duration_ms };
  throw failed(
    `Auth refuses the login: ${error.message} (${code})`,
    'Check that the user was imported with a confirmed address and the hash of this password',
  );
};

const faultsOf = ({ user_id, claims }: SignInInput, { access_token, user }: Session): readonly string[] => {
  const id =
    user_id === undefined || user.id === user_id ? [] : [`the user's id is ${user.id}, not ${user_id}`];
  // Read only: Auth has signed it a moment ago, over a connection that is verified.
  const token: unknown = parseForeignJson(
    Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString('utf8') || 'null',
  );
  const wrong = Object.entries(claims).flatMap(([pointer, wanted]) => {
    const found = valueAt(token, pointer);
    if (isDeepStrictEqual(found, wanted)) return [];
    return [
      `${pointer || 'the token'} is ${found === undefined ? 'missing' : JSON.stringify(found)}, not ${JSON.stringify(wanted)}`,
    ];
  });
  return [...id, ...wrong];
};

export const acts: StepActs<SignInInput, SignInOutput, unknown> = {
  check: (ctx, input) =>
    checkedNow(signIn(ctx, input), ({ signed_in }) =>
      signed_in ? 'the login works' : 'the login is refused',
    ),
  run: async (ctx, input) => ({ done: true, output: await signIn(ctx, input) }),
  probe: async () => ({ state: 'not-done' }),
};
