/** `npm run chaos -- --kills 300`: random kills on a lab of its own; exit 1 where anything was done twice or left. */
import { parseArgs } from 'node:util';
import { openOwnLab } from '../bench/own-lab.ts';
import { seed as usual } from '../support/seed.ts';
import { chaos } from './chaos.ts';

const usage = `Usage: npm run chaos -- [--kills N] [--seed N]

  --kills  so many engines are killed; default 300
  --seed   repeats the moments of another run; default RUNBOOK_SEED, or the time
`;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '300' },
    seed: { type: 'string', default: String(usual) },
    help: { type: 'boolean', default: false },
  },
});

const kills = Number(values.kills);
const seed = Number(values.seed);
if (values.help || !(Number.isInteger(kills) && kills > 0) || !Number.isInteger(seed)) {
  process.stderr.write(usage);
  process.exitCode = values.help ? 0 : 2;
} else {
  process.stderr.write(`seed ${seed}\n`);
  const lab = await openOwnLab();
  try {
    const started = performance.now();
    const told = (line: string) => void process.stderr.write(`${line}\n`);
    const { wrong, ...found } = await chaos({ lab: lab.info, kills, seed, told });
    const seconds = Math.round((performance.now() - started) / 1000);
    process.stdout.write(`${JSON.stringify({ seed, ...found, wrong: wrong.length, seconds })}\n`);
    for (const what of wrong) process.stdout.write(`${what}\n`);
    if (wrong.length > 0) process.exitCode = 1;
  } finally {
    await lab.close();
  }
}
