import { actContext } from '../../support/act-context.ts';
import type { SetUp } from '../fixture.ts';
import { useReceiver } from './receiver.ts';

export const setUp: SetUp = async () => {
  const { url, taken } = await useReceiver();
  return {
    with: {
      webhook: { url: { secret: [{ name: 'hook' }] } },
      text: 'The doors are open',
      fields: { release: '2.0.0' },
    },
    ctx: actContext({ clients: {}, secrets: { hook: url } }),
    image: async () => taken.map(({ body }) => body),
  };
};
