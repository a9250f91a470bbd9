import { supabase } from '../../../steps/_targets/supabase/target.ts';
import { actContext } from '../../support/act-context.ts';
import { mailsTo, supabaseConfig, useAuthUser } from '../../support/auth-users.ts';
import { openClient } from '../../support/open-target.ts';
import type { SetUp } from '../fixture.ts';

const password = 'a-Password-of-the-fixture-1';

export const setUp: SetUp = async (lab) => {
  const { id, email } = await useAuthUser(lab, password);
  const client = await openClient('supabase', supabase, supabaseConfig(lab));
  return {
    with: { email, password, user_id: id, claims: { '/role': 'authenticated' } },
    ctx: actContext({ clients: { supabase: client } }),
    image: () => mailsTo(lab, email),
  };
};
