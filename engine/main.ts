#!/usr/bin/env node
/** Composition root: the only file that imports steps/ and touches `process`. */
// Not by name: Node 20 has no such export, and would end with a SyntaxError before it could be told so.
import module from 'node:module';
import { hostname, userInfo } from 'node:os';
import manifest from '../package.json' with { type: 'json' };
import { tooOld } from './cli/node-version.ts';

const isVersion = (argument: string | undefined): boolean => argument === '--version' || argument === '-V';

const start = async (): Promise<void> => {
  // A reader that goes away (`runbook status | head -1`) is no failure, and its run must go on. EIO: the terminal
  // is gone; its SIGHUP asks to detach, which takes longer than the next line takes to be written.
  for (const stream of [process.stdin, process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    });
  }
  const { main } = await import('./cli/program.ts');
  const { listenForInterrupts } = await import('./cli/interrupts.ts');
  process.exitCode = await main({
    version: manifest.version,
    argv: process.argv.slice(2),
    env: process.env,
    forgetEnv: (names) => {
      for (const name of names) delete process.env[name];
    },
    cwd: process.cwd(),
    pid: process.pid,
    hostname: hostname(),
    user: loginName(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    now: () => Date.now(),
    loadRegistry: async () => (await import('../steps/index.ts')).registry,
    interrupts: () => listenForInterrupts(process),
    interrupt: () => void process.kill(process.pid, 'SIGINT'),
  });
};

/** A container may run under a uid that has no passwd entry. */
const loginName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
};

// Answered before anything is imported: the version is asked for by scripts, often.
if (isVersion(process.argv[2]) && process.argv.length === 3) {
  process.stdout.write(`${manifest.version}\n`);
} else {
  const problem = tooOld(process.versions.node, manifest.engines.node);
  if (problem) {
    process.stderr.write(`${problem}\n`);
    process.exitCode = 2;
  } else {
    module.enableCompileCache();
    await start();
  }
}
