/** `node docker/bootstrap.mjs node docker/compose/cli.ts up|down`. */
import { introduction } from '../native/introduction.ts';
import { LabError } from '../native/lab-error.ts';
import { down, up } from './lab.ts';

const verbs: Record<string, () => Promise<void>> = {
  up: async () => void process.stdout.write(introduction(await up(process.getuid?.() ?? 1000))),
  down: async () => {
    const what = (await down()) ? 'is stopped, its data is gone' : 'was not up';
    process.stdout.write(`The compose lab ${what}\n`);
  },
};

const verb = verbs[process.argv[2] ?? ''];
if (!verb) {
  process.stderr.write('Usage: node docker/bootstrap.mjs node docker/compose/cli.ts up | down\n');
  process.exitCode = 2;
} else
  await verb().catch((error: unknown) => {
    if (!(error instanceof LabError)) throw error;
    process.stderr.write(`${error.message}\n${error.remedy}\n`);
    process.exitCode = 1;
  });
