import Table from 'cli-table3';
import type { Machine } from './machine.ts';
import { type Finding, isMet } from './measurement.ts';

const plain = { style: { head: [], border: [] } };

const value = (n: number, unit: Finding['unit']): string =>
  unit === 'x' ? `${n.toFixed(2)}x` : `${n.toFixed(n < 10 ? 2 : 0)} ${unit}`;

const verdict = (finding: Finding): string => {
  if (finding.goal === null) return '';
  return isMet(finding) ? 'met' : `missed by ${((finding.value / finding.goal - 1) * 100).toFixed(0)} %`;
};

export const table = (findings: readonly Finding[]): string => {
  const table = new Table({ head: ['what', 'measured', 'against', 'result', 'goal', ''], ...plain });
  for (const f of findings) {
    table.push([
      f.what,
      f.measured,
      f.baseline ?? '',
      value(f.value, f.unit),
      f.goal === null ? '' : value(f.goal, f.unit),
      verdict(f),
    ]);
  }
  return table.toString();
};

export const sentence = ({ node, cores, cpu, memoryGb, system, load }: Machine): string =>
  `Node ${node}, ${cores} cores (${cpu}), ${memoryGb} GB, ${system}, load ${load} at the start`;

export const json = (machine: Machine, findings: readonly Finding[]): string =>
  JSON.stringify({ machine, findings: findings.map((f) => ({ ...f, met: isMet(f) })) }, null, 2);
