import { expect, test } from 'vitest';
import { awaitMail } from '../../../steps/supabase-recovery-emails/inbox.ts';
import { actContext } from '../../support/act-context.ts';
import { useFakeInbox } from '../../support/fake-inbox.ts';

const hour = 3_600_000;

test.each([-hour, 0, hour])(
  'a mail is new by the clock of the inbox, which is %d ms ahead of the run',
  async (offMs) => {
    const inbox = await useFakeInbox();
    const plain = actContext({ clients: {} });
    const ctx = { ...plain, clock: { ...plain.clock, now: () => Date.now() - offMs } };
    const sinceMs = ctx.clock.now() - 5_000;
    const wanted = { to: 'a@example.test', sinceMs, timeoutMs: 0 };
    inbox.put(wanted.to, { text: 'of a rehearsal', createdAtMs: Date.now() - 20_000 });
    expect(await awaitMail(ctx, inbox.url, wanted)).toBeNull();
    inbox.put(wanted.to, { text: 'new' });
    const mail = await awaitMail(ctx, inbox.url, wanted);
    expect(mail?.text).toBe('new');
    expect(Math.abs((mail?.createdAtMs ?? 0) - ctx.clock.now())).toBeLessThan(3_000);
  },
);
