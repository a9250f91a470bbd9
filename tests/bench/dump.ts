/** mysql.dump, with all that it proves, against a bare mysqldump into a file. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabases } from './databases.ts';
import { interleave } from './interleave.ts';
import type { Measurement } from './measurement.ts';
import { oneStep } from './one-step.ts';

const options =
  '--single-transaction --quick --routines --triggers --events --hex-blob --no-tablespaces --default-character-set=utf8mb4';

export const dump: Measurement = async (bench) => {
  const { comparedRows, comparisons } = bench.sizes;
  const databases = await openDatabases(await bench.openLab());
  try {
    await databases.fill(comparedRows);
    const dir = mkdtempSync(join(bench.dir, 'dump-'));
    const [login, file, proven] = [join(dir, 'login.cnf'), join(dir, 'bare.sql'), join(dir, 'proven.sql')];
    const { host, port, user, password, database } = databases.mysql;
    writeFileSync(login, `[client]\nhost=${host}\nport=${port}\nuser=${user}\npassword="${password}"\n`, {
      mode: 0o600,
    });
    const bare = (): number => {
      rmSync(file, { force: true });
      const startedAt = performance.now();
      const command = `exec "$0/mysqldump" --defaults-extra-file="$1" --skip-ssl ${options} "$2" >"$3"`;
      const { status, stderr } = spawnSync('sh', ['-c', command, databases.bin, login, database, file]);
      if (status !== 0) throw new Error(`mysqldump: ${stderr}`);
      return performance.now() - startedAt;
    };
    const step = oneStep(bench, databases, { type: 'mysql.dump', with: { path: proven } });
    const { proof, plain } = await interleave(comparisons, {
      proof: () => {
        rmSync(proven, { force: true });
        return step().actMs;
      },
      plain: bare,
    });
    const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
    return [
      {
        what: `mysql.dump, ${(statSync(proven).size / 1e6).toFixed(1)} MB`,
        measured: seconds(proof),
        baseline: `bare mysqldump into a file: ${seconds(plain)}`,
        value: proof / plain,
        goal: 1.15,
        unit: 'x',
      },
    ];
  } finally {
    await databases.close();
  }
};
