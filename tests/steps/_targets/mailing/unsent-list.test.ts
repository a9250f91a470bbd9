/** A dry run does not read a list whose query calls what may act: neither step that mails does. */
import { expect, test } from 'vitest';
import { postgres } from '../../../../steps/_targets/postgres/target.ts';
import { smtp } from '../../../../steps/_targets/smtp/target.ts';
import { supabase } from '../../../../steps/_targets/supabase/target.ts';
import { acts } from '../../../../steps/email-send/acts.ts';
import { emailSend } from '../../../../steps/email-send/step.ts';
import { acts as recoveryActs } from '../../../../steps/supabase-recovery-emails/acts.ts';
import { supabaseRecoveryEmails } from '../../../../steps/supabase-recovery-emails/step.ts';
import { actContext } from '../../../support/act-context.ts';
import { useFakeAuth } from '../../../support/fake-auth.ts';
import { useLab } from '../../../support/lab.ts';
import { useMailServer } from '../../../support/mail-server.ts';
import { openClient, postgresConfig } from '../../../support/open-target.ts';
import { usePostgresDatabase } from '../../../support/own-database.ts';

const lab = await useLab();

test('a list by a view that calls what may act is not read in a dry run', async () => {
  const db = await usePostgresDatabase(lab);
  await db.ask('CREATE TABLE people (email text)');
  await db.ask("INSERT INTO people VALUES ('marie@example.test')");
  await db.ask('CREATE VIEW claimed AS SELECT email, pg_try_advisory_lock(1) AS got FROM people');
  const { host, port } = await useMailServer();
  const auth = await useFakeAuth();
  const ctx = actContext({
    clients: {
      postgres: await openClient('postgres', postgres, postgresConfig(lab, db.name)),
      smtp: await openClient('smtp', smtp, { host, port, from: 'noreply@journal.test' }),
      supabase: await openClient('supabase', supabase, { url: auth.url, anon_key: auth.anonKey }),
    },
  });
  const listed = (from: string) => ({ recipients: { target: 'fresh', sql: `SELECT email FROM ${from}` } });
  const mail = (from: string) => emailSend.input.parse({ ...listed(from), subject: 's', text: 't' });
  const link = (from: string) =>
    supabaseRecoveryEmails.input.parse({
      ...listed(from),
      expect_count: 1,
      redirect_to: 'https://journal.test/',
    });
  const unsent = {
    level: 'unchecked',
    what: 'the list of recipients: not sent in a dry run: pg_try_advisory_lock (in the view claimed) may do more than read',
  };
  expect(await acts.check(ctx, mail('claimed'))).toContainEqual(unsent);
  expect(await recoveryActs.check(ctx, link('claimed'))).toContainEqual(unsent);
  expect(await acts.check(ctx, mail('people'))).toContainEqual({
    level: 'verified',
    what: '1 recipients, with every column that the texts name',
  });
});
