import { supabase } from '../../../steps/_targets/supabase/target.ts';
import { actContext } from '../../support/act-context.ts';
import { mailsTo, supabaseConfig, useAuthUser } from '../../support/auth-users.ts';
import { openClient } from '../../support/open-target.ts';
import type { SetUp } from '../fixture.ts';

export const setUp: SetUp = async (lab) => {
  const { email } = await useAuthUser(lab);
  const client = await openClient('supabase', supabase, supabaseConfig(lab));
  return {
    with: {
      recipients: { list: [email] },
      redirect_to: `${lab.web.url}/auth/recovery`,
    },
    ctx: actContext({ clients: { supabase: client } }),
    image: () => mailsTo(lab, email),
  };
};
