import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import type { Shell } from '../../steps/_targets/shell.ts';

/** The smallest Shell there is, so that a step's test does not lean on a target's. `env` is the place's. */
export const plainShell = (env: NodeJS.ProcessEnv = process.env): Shell => ({
  place: 'local',
  exec: ([file, ...args], options = {}) =>
    new Promise((done, failed) => {
      const child = spawn(file, args, {
        cwd: options.cwd,
        env: { ...env, ...options.env },
        signal: options.signal,
      });
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
      // A script that ends before it has read its stdin is no fault of the shell.
      child.stdin.on('error', () => undefined).end(options.stdin ?? '');
      child.once('error', failed);
      child.once('close', (exitCode, signal) =>
        done({
          exitCode,
          signal,
          stdout: Buffer.concat(stdout),
          stderr: Buffer.concat(stderr),
          truncated: false,
        }),
      );
    }),
  dial: (host, port) =>
    new Promise((done, failed) => {
      const socket = connect(port, host, () => done(socket));
      socket.once('error', failed);
    }),
});
