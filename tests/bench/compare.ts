/** data.compare of equal tables, against streaming both through the bare clients. */
import { openDatabases } from './databases.ts';
import { interleave } from './interleave.ts';
import type { Measurement } from './measurement.ts';
import { runNode } from './node-process.ts';
import { oneStep } from './one-step.ts';

export const compare: Measurement = async (bench) => {
  const { comparedRows, comparisons } = bench.sizes;
  const databases = await openDatabases(await bench.openLab());
  try {
    const { mysql, postgres } = databases;
    const sides = { BENCH_SIDES: JSON.stringify({ mysql, postgres }) };
    const step = {
      type: 'data.compare',
      with: { against: 'fresh', tables: [{ table: 'trades', key: ['id'] }] },
    };
    const inside = oneStep(bench, databases, step);
    const equal = (rows: number) => {
      const run = inside();
      if (run.output.rows !== rows || run.output.mismatches !== 0)
        throw new Error(`the bench's tables differ: ${JSON.stringify(run.output)}`);
      return run;
    };
    const few = Math.ceil(comparedRows / 20);
    await databases.fill(few);
    const small = equal(few);
    await databases.fill(comparedRows);
    let peak = 0;
    const { checksums, streaming } = await interleave(comparisons, {
      checksums: () => {
        const run = equal(comparedRows);
        peak = Math.max(peak, run.peak);
        return run.ms;
      },
      streaming: () => runNode([bench.child('compare-streaming')], sides).ms,
    });
    const { mysqlMs, postgresMs } = JSON.parse(runNode([bench.child('compare-sides')], sides).stdout);
    const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
    const rows = (n: number) => `${n.toLocaleString('en')} rows`;
    const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
    return [
      {
        what: `data.compare, ${rows(comparedRows)} of 17 columns`,
        measured: `${seconds(checksums)} (alone, MySQL ${seconds(mysqlMs)}, Postgres ${seconds(postgresMs)})`,
        baseline: `both streamed by bare clients: ${seconds(streaming)}`,
        value: checksums / streaming,
        goal: 1 / 3,
        unit: 'x',
      },
      {
        what: `data.compare: peak memory, ${rows(comparedRows)}`,
        measured: megabytes(peak),
        baseline: `${rows(few)}: ${megabytes(small.peak)}`,
        value: peak / small.peak,
        goal: 1.2,
        unit: 'x',
      },
    ];
  } finally {
    await databases.close();
  }
};
