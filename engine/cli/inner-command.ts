/** A command that another command runs, in the same process: its results are caught, its progress is not. */
import { Writable } from 'node:stream';
import type { ExitCode } from './exit-codes.ts';
import type { Host } from './host.ts';
import type { CommandSpec, Input, OptionSpec } from './spec.ts';

export interface InnerEnded {
  readonly code: ExitCode;
  readonly stdout: string;
}

/** Values by long name: `{ '--format': 'json', '--json': true }`. */
export type Given = Readonly<Record<string, string | true | readonly string[]>>;

/** Throws what the command throws, or an engine bug where the command has no such option. */
export const runInner = async (
  host: Host,
  spec: CommandSpec,
  args: readonly string[],
  given: Given,
): Promise<InnerEnded> => {
  const chunks: Buffer[] = [];
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  const handler = await spec.load();
  const inner = { ...host, stdout: stdout as unknown as NodeJS.WriteStream };
  const code = await handler(inner, inputOf(spec, args, given));
  return { code, stdout: Buffer.concat(chunks).toString('utf8') };
};

const longName = ({ flags }: OptionSpec): string => /--[\w-]+/.exec(flags)?.[0] ?? flags;

export const hasOption = ({ options }: CommandSpec, name: string): boolean =>
  options.some((option) => longName(option) === name);

const inputOf = (spec: CommandSpec, args: readonly string[], given: Given): Input => {
  for (const name of Object.keys(given))
    if (!hasOption(spec, name)) throw new Error(`runbook ${spec.name} has no option ${name}`);
  const value = (option: OptionSpec) => given[longName(option)];
  return {
    argument: (index) => args[index],
    rest: (index) => args.slice(index),
    needed: (index) => args[index] ?? missing(spec, index),
    flag: (option) => value(option) === true,
    text: (option) => {
      const text = value(option);
      return typeof text === 'string' ? text : undefined;
    },
    list: (option) => {
      const each = value(option);
      return Array.isArray(each) ? each : [];
    },
  };
};

const missing = (spec: CommandSpec, index: number): never => {
  throw new Error(`argument ${index} of ${spec.name} is not given`);
};
