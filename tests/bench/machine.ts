/** Numbers mean little without it. */
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

export interface Machine {
  readonly node: string;
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGb: number;
  readonly system: string;
  /** Of the last minute; what else ran while this was measured. */
  readonly load: number;
}

export const machine = (): Machine => ({
  node: process.version,
  cores: availableParallelism(),
  cpu: cpus()[0]?.model.trim() || 'unknown',
  memoryGb: Math.round(totalmem() / 2 ** 30),
  system: `${type()} ${release()}`,
  load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
});
