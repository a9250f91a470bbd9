import { actContext } from '../../support/act-context.ts';
import type { SetUp } from '../fixture.ts';

export const setUp: SetUp = async (_lab, { dir, shell, image }) => {
  const path = `${dir}/it's .env`;
  const old = `# the app\nPORT=3000\nexport DB_URL="mysql://old" # until the night\nJWT='x'\n`;
  await shell.exec(['sh', '-c', 'cat >"$1" && chmod 0640 "$1"', 'sh', path], { stdin: old });
  const ctx = actContext({ clients: { shell }, secrets: { db: "p'a$s" }, runOn: shell.place });
  const set = { DB_URL: { secret: ['postgres://', { name: 'db' }] }, NEW: 'ü' };
  return { with: { path, set, remove: ['JWT', 'NOT_THERE'] }, ctx, image };
};
