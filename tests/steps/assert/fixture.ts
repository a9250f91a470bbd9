import { actContext } from '../../support/act-context.ts';
import type { SetUp } from '../fixture.ts';

export const setUp: SetUp = async () => ({
  with: { that: true, message: 'never said' },
  ctx: actContext({ clients: {} }),
  image: async () => null,
});
