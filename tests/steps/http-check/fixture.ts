import { actContext } from '../../support/act-context.ts';
import type { SetUp } from '../fixture.ts';

export const setUp: SetUp = async (lab, { shell }) => ({
  with: { url: new URL('/healthz', lab.web.url).href, status: 200 },
  ctx: actContext({ clients: { shell } }),
  image: async () => null,
});
