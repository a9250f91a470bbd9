#!/usr/bin/env node
/** Composition root: the only file that imports steps/ and touches `process`. */
// Not by name: Node 20 has no such export, and would end with a SyntaxError before the version check.
import module from 'node:module';
import { hostname, userInfo } from 'node:os';
import manifest from '../package.json' with { type: 'json' };
import { watchOutput } from './cli/lost-output.ts';
import { tooOld } from './cli/node-version.ts';

/** The contract that own step types import: in the package it stands beside this file. */
const contract = import.meta.url.endsWith('.ts')
  ? new URL('../steps/contract.ts', import.meta.url)
  : new URL('./step.js', import.meta.url);

const isVersion = (argument: string | undefined): boolean => argument === '--version' || argument === '-V';

const start = async (): Promise<void> => {
  const { main } = await import('./cli/program.ts');
  const { listenForInterrupts } = await import('./cli/interrupts.ts');
  const code = await main({
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
    importModule: async (path) =>
      (await import('./cli/import-module.ts')).importModule(path, manifest.name, contract),
    interrupts: () => listenForInterrupts(process),
    interrupt: () => void process.kill(process.pid, 'SIGINT'),
  });
  process.exitCode = await output.exitCode(code);
};

/** A container may run under a uid that has no passwd entry. */
const loginName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
};

const output = watchOutput(process, process.argv.slice(2));

// Answered before anything is imported: the version is asked for by scripts, often.
if (isVersion(process.argv[2]) && process.argv.length === 3) {
  process.stdout.write(`${manifest.version}\n`);
  process.exitCode = await output.exitCode(0);
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
