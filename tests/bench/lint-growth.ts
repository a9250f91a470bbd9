/** `lint` of a long runbook with what its rules look at: scripts, SQL, checks, rollbacks, comments. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { interleave } from './interleave.ts';
import type { Measurement } from './measurement.ts';
import { runNode } from './node-process.ts';

const kinds: readonly ((id: string) => string)[] = [
  (id) =>
    `{ id: ${id}, type: command, with: { run: "test -f /a && cp /a /b || exit 1", probe: { run: [test, -f, /b] } }, rollback: { undo: { none: x } } }`,
  (id) => `{ id: ${id}, expected: 5s, type: file.write, with: { path: /srv/a, content: b } }`,
  (id) =>
    `{ id: ${id}, type: postgres.query, target: db, with: { sql: UPDATE t SET a = 1 WHERE b = 2, effects: write }, rollback: { undo: { none: x } } } # runbook-ignore RB701: a bench`,
  (id) => `{ id: ${id}, type: http.check, with: { url: "https://app.example/" } }`,
];

const runbookOf = (steps: number): string => {
  const all = Array.from({ length: steps }, (_, i) => `  - ${kinds[i % kinds.length]?.(`s${i}`)}\n`).join('');
  const db = 'db: { type: postgres, host: db.example, user: u, password: "${{ secrets.p }}", database: d }';
  return `version: 1\nname: long\nsecrets: { p: { env: P } }\ntargets:\n  ${db}\nsteps:\n${all}`;
};

export const lintGrowth: Measurement = async ({ dir, runbook, sizes: { rounds, validatedSteps } }) => {
  const lint = (steps: number) => {
    const path = join(dir, `linted-${steps}.yaml`);
    writeFileSync(path, runbookOf(steps));
    const env = { NODE_COMPILE_CACHE: join(dir, 'compile-cache') };
    return () => runNode([runbook, 'lint', path], env).ms;
  };
  const { quarter, half, whole } = await interleave(rounds, {
    quarter: lint(validatedSteps / 4),
    half: lint(validatedSteps / 2),
    whole: lint(validatedSteps),
  });
  const [early, late] = [(half - quarter) / (validatedSteps / 4), (whole - half) / (validatedSteps / 2)];
  const each = (ms: number) => `${(ms * 1000).toFixed(0)} µs a step`;
  return [
    {
      what: `lint ${validatedSteps} steps`,
      measured: `${whole.toFixed(0)} ms`,
      baseline: null,
      value: whole,
      goal: 4_000,
      unit: 'ms',
    },
    {
      what: `lint: growth, second half of ${validatedSteps} steps`,
      measured: each(late),
      baseline: `second quarter: ${each(early)}`,
      value: late / early,
      goal: 1.2,
      unit: 'x',
    },
  ];
};
