import { connect } from 'node:net';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Shell } from '../../_work/shell.ts';
import { stateFolder } from '../../_work/state-folder.ts';
import { localExec } from './local-exec.ts';
import { localSupervisor } from './local-supervisor.ts';

const localStateDir = (): string => resolve(stateFolder(process.env.XDG_STATE_HOME, homedir()));

export const localShell = (place = 'local', stateDir = localStateDir()): Shell => {
  const exec: Shell['exec'] = (argv, options) => localExec(place, argv, options);
  return { place, stateDir, exec, dial, supervisor: localSupervisor(place, exec, stateDir) };
};

const dial = (host: string, port: number): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
