import { actContext } from '../../support/act-context.ts';
import type { SetUp } from '../fixture.ts';

export const setUp: SetUp = async (_lab, { dir, shell, image }) => {
  await shell.exec(['sh', '-c', 'printf "flag\\377" >"$1" && chmod 0604 "$1"', 'sh', `${dir}/flag`]);
  return { with: { path: `${dir}/flag` }, ctx: actContext({ clients: { shell } }), image };
};
