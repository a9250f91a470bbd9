import { actContext } from '../../support/act-context.ts';
import type { SetUp } from '../fixture.ts';
import { useOwnPm2, writeApp } from './own-pm2.ts';

export const setUp: SetUp = async (lab, place) => {
  const pm2 = useOwnPm2(lab, place);
  const ecosystem = await writeApp(
    pm2,
    `${place.dir}/app`,
    "{ name: 'app', script: 'app.cjs', cwd: __dirname, env: { MODE: 'new' } }",
  );
  const ctx = actContext({ clients: { shell: pm2.shell }, runOn: place.shell.place });
  const image = async () =>
    Buffer.from(
      (
        await pm2.shell.exec([
          'sh',
          '-c',
          '[ ! -S "$PM2_HOME/rpc.sock" ] || PM2_SILENT=true pm2 jlist | grep -o \'"name":"app"\' | sort -u',
        ])
      ).stdout,
    ).toString();
  const env = { expect: { MODE: 'new' }, absent: ['OLD'] };
  return { with: { name: 'app', ecosystem, env, stable_for: '0s' }, ctx, image };
};
