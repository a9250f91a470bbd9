/** Reads options that several commands share. */
import { resolve } from 'node:path';
import { fail } from '../diagnostic.ts';
import type { LoadOptions } from '../load/load.ts';
import type { Registry } from '../registry.ts';
import type { Host } from './host.ts';
import { options } from './options.ts';
import type { Input } from './spec.ts';

/** Vars by name. Values stay text here; load gives them their type. */
export const givenVars = (input: Input): Readonly<Record<string, string>> => {
  const vars: Record<string, string> = {};
  for (const pair of input.list(options.var)) {
    const at = pair.indexOf('=');
    if (at < 1) return fail('RB600', { pair });
    vars[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return vars;
};

export const givenVarsFiles = (host: Host, input: Input): readonly string[] =>
  input.list(options.vars).map((path) => resolve(host.cwd, path));

/** Absolute; they apply besides the policies that are found. */
export const givenPolicies = (host: Host, input: Input): readonly string[] =>
  input.list(options.policy).map((path) => resolve(host.cwd, path));

export const givenRunsDir = (host: Host, input: Input): string =>
  resolve(host.cwd, input.text(options.runsDir) ?? '.runbook/runs');

type Types = Pick<LoadOptions, 'registry' | 'importModule'>;

/** For a command that only reads a runbook, which may be a stranger's: it runs none of its code unasked. */
export const givenTypes = async (host: Host, input: Input): Promise<Types> => ({
  registry: await host.loadRegistry(),
  importModule: input.flag(options.trustTypes) ? host.importModule : undefined,
});

/** For a command that carries the runbook out. */
export const trustedTypes = async (host: Host) => ({
  registry: await host.loadRegistry(),
  importModule: host.importModule,
});

/** The types of the engine and, with --runbook, those of that runbook. */
export const givenRegistry = async (host: Host, input: Input): Promise<Registry> => {
  const types = await givenTypes(host, input);
  const file = input.text(options.typesOf);
  if (file === undefined) return types.registry;
  const { registryOf } = await import('../load/own-types/own-types.ts');
  return registryOf(resolve(host.cwd, file), types);
};
