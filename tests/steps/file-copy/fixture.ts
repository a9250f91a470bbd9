import { actContext } from '../../support/act-context.ts';
import { usePlace } from '../../support/place.ts';
import type { SetUp } from '../fixture.ts';

export const setUp: SetUp = async (_lab, { dir, shell, image }) => {
  const source = await usePlace();
  const path = `${source.dir}/the dump's`;
  await source.shell.exec(['sh', '-c', 'printf "new\\377" >"$1"', 'sh', path]);
  await shell.exec(['sh', '-c', 'printf "old\\377" >"$1" && chmod 0604 "$1"', 'sh', `${dir}/dump`]);
  const ctx = actContext({ clients: { shell }, places: { local: source.shell } });
  return { with: { from: { path }, path: `${dir}/dump`, mode: '0640' }, ctx, image };
};
