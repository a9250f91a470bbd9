import { smtp } from '../../../steps/_targets/smtp/target.ts';
import { actContext } from '../../support/act-context.ts';
import { useMailServer } from '../../support/mail-server.ts';
import { openClient } from '../../support/open-target.ts';
import type { SetUp } from '../fixture.ts';

export const setUp: SetUp = async () => {
  const { host, port, taken } = await useMailServer();
  const client = await openClient('smtp', smtp, { host, port, from: 'Journal <noreply@journal.test>' });
  return {
    with: {
      recipients: { list: ['marie@example.test'] },
      subject: 'Maintenance ce soir',
      text: 'Bonjour {{ email }}',
    },
    ctx: actContext({ clients: { smtp: client } }),
    image: async () => taken.length,
  };
};
