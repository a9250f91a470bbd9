import { actContext } from '../../support/act-context.ts';
import type { SetUp } from '../fixture.ts';
import { makeRepository } from './repository.ts';

export const setUp: SetUp = async (_lab, { dir, shell, image }) => {
  const { v1 } = await makeRepository(shell, `${dir}/origin`);
  const ctx = actContext({ clients: { shell }, runOn: shell.place });
  return { with: { path: `${dir}/it's 2.0`, commit: v1, repository: `file://${dir}/origin` }, ctx, image };
};
