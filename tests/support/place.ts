import { join } from 'node:path';
import { ssh } from '../../steps/_targets/ssh/target.ts';
import { imageOf, type Place } from '../../steps/testing/place.ts';
import type { LabInfo } from './lab.ts';
import { openClient } from './open-target.ts';

export { type Place, usePlace, withEnv } from '../../steps/testing/place.ts';

/** The same on the lab's VPS, over SSH and as its own user. The VPS shares this machine's disk. */
export const useVps = async (lab: LabInfo): Promise<Place> => {
  const { host, port, user, keyFile, knownHosts } = lab.ssh;
  const shell = await openClient('shell', ssh, {
    host,
    port,
    user,
    key_file: keyFile,
    known_hosts: knownHosts,
  });
  const { stdout } = await shell.exec(['mktemp', '-d', join(lab.vps.home, 'place-XXXXXX')]);
  const dir = Buffer.from(stdout).toString().trim();
  return { dir, shell, image: () => imageOf(dir) };
};
