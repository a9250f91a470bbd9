/** A runbook of one step over the bench's databases, run as a user would: the published command, a whole process. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Databases } from './databases.ts';
import type { Bench } from './measurement.ts';
import { runNode } from './node-process.ts';

export interface RunStep {
  /** Of the process, from spawn to exit. */
  readonly ms: number;
  /** Of the act alone, by the journal: what the command takes to start is no part of it. */
  readonly actMs: number;
  readonly output: Record<string, unknown>;
  /** Bytes that the process ever held. */
  readonly peak: number;
}

const target = ({ host, port, user, database }: Databases['mysql'], type: string) => ({
  type,
  host,
  port,
  user,
  database,
  password: `\${{ secrets.${type} }}`,
});

/** Loaded before the command: says at its end what it held in memory. */
const peakModule = `import { readFileSync, writeFileSync } from 'node:fs';
process.on('exit', () => {
  const status = readFileSync('/proc/self/status', 'utf8');
  writeFileSync(process.env.BENCH_PEAK, String(1024 * Number(/^VmHWM:\\s*(\\d+) kB$/m.exec(status)?.[1] ?? 0)));
});
`;

export const oneStep = (
  bench: Bench,
  databases: Databases,
  step: Record<string, unknown>,
): (() => RunStep) => {
  const dir = mkdtempSync(join(bench.dir, 'one-step-'));
  const path = join(dir, 'one-step.yaml');
  const [peakPath, hook] = [join(dir, 'peak'), join(dir, 'peak.mjs')];
  writeFileSync(hook, peakModule);
  const runbook = {
    version: 1,
    name: 'one-step',
    secrets: { mysql: { env: 'BENCH_MYSQL' }, postgres: { env: 'BENCH_POSTGRES' } },
    targets: { legacy: target(databases.mysql, 'mysql'), fresh: target(databases.postgres, 'postgres') },
    steps: [{ id: 'it', target: 'legacy', timeout: '2h', ...step }],
  };
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(runbook));
  const env = {
    BENCH_MYSQL: databases.mysql.password,
    BENCH_POSTGRES: databases.postgres.password,
    BENCH_PEAK: peakPath,
    PATH: `${databases.bin}:${process.env.PATH}`,
    NODE_COMPILE_CACHE: join(bench.dir, 'compile-cache'),
  };
  return () => {
    const own = mkdtempSync(join(dir, 'run-'));
    const runs = join(own, 'runs');
    const args = ['--import', hook, bench.runbook, 'exec', path, '--runs-dir', runs];
    const { ms } = runNode(args, { ...env, XDG_STATE_HOME: own });
    const [run = ''] = readdirSync(runs).filter((name) => name.includes('one-step'));
    const events = readFileSync(join(runs, run, 'journal.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const [started, finished] = ['act-started', 'act-finished'].map((type) =>
      events.find((event) => event.type === type),
    );
    return {
      ms,
      actMs: finished.at - started.at,
      output: finished.output,
      peak: Number(readFileSync(peakPath, 'utf8')),
    };
  };
};
