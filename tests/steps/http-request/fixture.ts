import { actContext } from '../../support/act-context.ts';
import type { SetUp } from '../fixture.ts';
import { useService } from './service.ts';

export const setUp: SetUp = async (_lab, { shell }) => {
  const service = await useService();
  return {
    with: {
      method: 'PUT',
      url: service.url,
      body: '{"value":"new"}',
      before: {},
      probe: { done: { json: { '/value': 'new' } } },
      undo: { method: 'PUT', body_of_before: '' },
    },
    ctx: actContext({ clients: { shell } }),
    image: async () => service.record(),
  };
};
