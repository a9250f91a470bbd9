/** `npm run lab -- up|down|status|reset`. */

import { introduction } from './introduction.ts';
import { down, reset, status, up } from './lab.ts';
import { LabError } from './lab-error.ts';
import { labDir } from './place.ts';

const usage = 'Usage: npm run lab -- up | down | status | reset';

const showStatus = async (): Promise<void> => {
  const servers = await status();
  for (const { name, up, port, detail } of servers)
    process.stdout.write(`${up ? 'up  ' : 'down'}  ${name.padEnd(16)} ${port ?? '-'}\t${detail}\n`);
  if (!servers.every((s) => s.up)) process.exitCode = 1;
};

const verbs: Record<string, () => Promise<void>> = {
  up: async () => void process.stdout.write(introduction(await up())),
  down: async () => {
    const what = (await down()) ? 'is stopped' : 'was not up';
    process.stdout.write(`The lab in ${labDir()} ${what}\n`);
  },
  reset: async () => void process.stdout.write(introduction(await reset())),
  status: showStatus,
};

const verb = verbs[process.argv[2] ?? ''];
if (!verb) {
  process.stderr.write(`${usage}\n`);
  process.exitCode = 2;
} else
  await verb().catch((error: unknown) => {
    if (!(error instanceof LabError)) throw error;
    process.stderr.write(`${error.message}\n${error.remedy}\n`);
    process.exitCode = 1;
  });
