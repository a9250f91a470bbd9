import { isDeepStrictEqual } from 'node:util';
import type { AuthError, Session } from '@supabase/supabase-js';
import {
  type ActContext,
  type Finding,
  type Outcome,
  parseForeignJson,
  type StepActs,
} from '../../engine/step.ts';
import { valueAt } from '../_kits/json-pointer.ts';
import '../_targets/supabase/client.ts';
import type { SignInInput, SignInOutput } from './step.ts';

type Failed = Extract<Outcome<never>, { done: false }>;

const failed = (short: string, remedy?: string): Failed => ({
  done: false,
  effect: 'none',
  // As a check it is asked again until it holds: a user may be on the way.
  retryable: true,
  short,
  ...(remedy && { remedy }),
});

/** Auth knows the login and says no. Anything else (too many requests, no answer) says nothing of the password. */
const refusals = new Set(['invalid_credentials', 'user_banned', 'email_not_confirmed', 'user_not_found']);

const run = async (ctx: ActContext, input: SignInInput): Promise<Outcome<SignInOutput>> => {
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
    return failed('the login works, and was to be refused', 'Who can log in with it must not be able to');
  const faults = faultsOf(input, data.session);
  if (faults.length > 0) return failed(`signed in, but ${faults.join('; ')}`);
  const { expires_in, user } = data.session;
  return {
    done: true,
    output: { signed_in: true, user_id: user.id, refusal: null, session_seconds: expires_in, duration_ms },
  };
};

const refused = ({ expect }: SignInInput, error: AuthError, duration_ms: number): Outcome<SignInOutput> => {
  const code = error.code ?? '';
  if (!refusals.has(code))
    return failed(
      `whether the login works is not known: ${error.message}${code ? ` (${code})` : ''}`,
      error.status === 429
        ? 'Auth counts logins by address: wait some minutes'
        : 'Look at the status of Auth',
    );
  if (expect === 'refused')
    return {
      done: true,
      output: { signed_in: false, user_id: null, refusal: code, session_seconds: null, duration_ms },
    };
  return failed(
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
  async check(ctx, input) {
    const outcome = await run(ctx, input);
    const found: Finding = outcome.done
      ? { level: 'verified', what: outcome.output.signed_in ? 'the login works' : 'the login is refused' }
      : { level: 'unchecked', what: `not true yet: ${outcome.short}`, passing: true };
    return [{ ...found, answered: outcome }];
  },
  run,
  probe: async () => ({ state: 'not-done' }),
};
