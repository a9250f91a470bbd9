/** `npm run lab -- up|down|status|reset`. */

import { down, type LabInfo, reset, status, up } from './lab.ts';
import { LabError } from './lab-error.ts';
import { labDir } from './place.ts';
import { secretsOf, varsFile } from './vars.ts';

const usage = 'Usage: npm run lab -- up | down | status | reset';

const introduce = (info: LabInfo): string => `The lab is up in ${info.dir}
  site      ${info.web.url}
  vps       ssh -p ${info.ssh.port} -i ${info.ssh.keyFile} -o UserKnownHostsFile=${info.ssh.knownHosts} ${info.ssh.user}@${info.ssh.host}
  vars      ${varsFile(info.dir)}
  secrets   ${Object.keys(secretsOf(info)).join(', ')}: their values are in ${info.dir}/lab.json
`;

const showStatus = async (): Promise<void> => {
  const servers = await status();
  for (const { name, up, port, detail } of servers)
    process.stdout.write(`${up ? 'up  ' : 'down'}  ${name.padEnd(16)} ${port ?? '-'}\t${detail}\n`);
  if (!servers.every((s) => s.up)) process.exitCode = 1;
};

const verbs: Record<string, () => Promise<void>> = {
  up: async () => void process.stdout.write(introduce(await up())),
  down: async () => {
    await down();
    process.stdout.write(`Nothing of the lab in ${labDir()} is running\n`);
  },
  reset: async () => void process.stdout.write(introduce(await reset())),
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
