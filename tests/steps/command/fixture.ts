import { actContext } from '../../support/act-context.ts';
import type { SetUp } from '../fixture.ts';

export const setUp: SetUp = async (_lab, { dir, shell, image }) => ({
  with: { run: ['touch', `${dir}/touched`] },
  ctx: actContext({ clients: { shell } }),
  image,
});
