/** A run of many commands, start-up, journal and logs included, against starting as many processes and no more. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { interleave } from './interleave.ts';
import type { Measurement } from './measurement.ts';
import { runNode } from './node-process.ts';

const runbookOf = (effects: 'read' | 'write', count: number): string => {
  const undo = effects === 'write' ? ', rollback: { undo: { none: it does nothing } }' : '';
  const step = (i: number): string =>
    `  - { id: c${i}, name: Command ${i}, type: command, with: { run: ["true"], effects: ${effects} }${undo} }`;
  return `version: 1\nname: ${effects}s\nsteps:\n${Array.from({ length: count }, (_, i) => step(i)).join('\n')}\n`;
};

export const commands: Measurement = async ({ dir, runbook, child, sizes }) => {
  const exec = (effects: 'read' | 'write') => {
    const path = join(dir, `${effects}s.yaml`);
    writeFileSync(path, runbookOf(effects, sizes.commands));
    return () => {
      const own = mkdtempSync(join(dir, `${effects}s-`));
      const env = { NODE_COMPILE_CACHE: join(dir, 'compile-cache'), XDG_STATE_HOME: own };
      return runNode([runbook, 'exec', path, '--runs-dir', join(own, 'runs')], env).ms;
    };
  };
  const { bare, read, write } = await interleave(sizes.rounds, {
    bare: () => runNode([child('spawn-loop'), String(sizes.commands)]).ms,
    read: exec('read'),
    write: exec('write'),
  });
  const each = (ms: number) => `${(ms / sizes.commands).toFixed(2)} ms each`;
  const baseline = `bare spawn loop: ${each(bare)}`;
  const finding = (what: string, ms: number, goal: number) =>
    ({ what, measured: each(ms), baseline, value: ms / bare, goal, unit: 'x' }) as const;
  return [
    finding(`${sizes.commands} reading commands (true)`, read, 1.5),
    finding(`${sizes.commands} writing commands (true)`, write, 3),
  ];
};
