import { actContext } from '../../support/act-context.ts';
import type { SetUp } from '../fixture.ts';

export const setUp: SetUp = async (_lab, { dir, shell, image }) => {
  const make = `
cd "$1"; mkdir -p 'up loads/2025' 'up loads/cache'; cd 'up loads'
echo a >2025/it\\'s.png; echo b >'2025/é\\n "b".png'; ln 2025/it\\'s.png twice; ln -s ../up link; echo c >cache/c; mkdir empty`;
  await shell.exec(['sh', '-c', make, 'sh', dir]);
  const ctx = actContext({ clients: { shell }, runOn: shell.place });
  return { with: { path: `${dir}/up.tar.gz`, source: `${dir}/up loads`, exclude: ['cache'] }, ctx, image };
};
