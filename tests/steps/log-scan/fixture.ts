import { writeFile } from 'node:fs/promises';
import { actContext } from '../../support/act-context.ts';
import type { SetUp } from '../fixture.ts';

export const setUp: SetUp = async (_lab, { dir, shell, image }) => {
  const path = `${dir}/it's a log`;
  await writeFile(path, 'one\ntwo\nhalf', { mode: 0o644 });
  return {
    with: {
      paths: [path],
      since: { [path]: { inode: '', offset: 0 } },
      count: { t: '^t' },
      fail_on: ['never'],
    },
    ctx: actContext({ clients: { shell }, runOn: shell.place }),
    image,
  };
};
