import { actContext } from '../../support/act-context.ts';
import type { SetUp } from '../fixture.ts';

export const setUp: SetUp = async (_lab, { dir, shell, image }) => {
  await shell.exec(['sh', '-c', 'printf "old\\377" >"$1" && chmod 0604 "$1"', 'sh', `${dir}/page's`]);
  const ctx = actContext({ clients: { shell }, secrets: { token: 'tok-123456' } });
  return { with: { path: `${dir}/page's`, content: { secret: ['a=', { name: 'token' }] } }, ctx, image };
};
