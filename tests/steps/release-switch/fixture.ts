import { actContext } from '../../support/act-context.ts';
import type { SetUp } from '../fixture.ts';

export const setUp: SetUp = async (_lab, { dir, shell }) => {
  const make = 'cd "$1" && mkdir -p old "it\'s new" && touch old/a "it\'s new/b" && ln -s old current';
  await shell.exec(['sh', '-c', make, 'sh', dir]);
  const image = async () =>
    Buffer.from(
      (await shell.exec(['sh', '-c', 'cd "$1" && ls -A && readlink current', 'sh', dir])).stdout,
    ).toString();
  const ctx = actContext({ clients: { shell }, runOn: shell.place });
  return { with: { link: `${dir}/current`, to: `${dir}/it's new` }, ctx, image };
};
