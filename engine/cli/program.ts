/** Builds commander's tree from the table and runs the command that was asked for. */
import { Argument, Command, CommanderError, Option } from 'commander';
import { clean } from '../text.ts';
import { commands } from './commands.ts';
import type { ExitCode } from './exit-codes.ts';
import { reportFailure } from './failure.ts';
import { commandHelp, programHelp } from './help.ts';
import type { Host } from './host.ts';
import type { CommandSpec, Input, OptionSpec } from './spec.ts';

const optionOf = (spec: OptionSpec): Option => {
  const option = new Option(spec.flags, spec.description);
  if (spec.required) option.makeOptionMandatory();
  if (spec.repeatable) {
    option.argParser<readonly string[] | undefined>((value, before) => [...(before ?? []), value]);
  }
  return option;
};

const inputOf = (command: Command, args: readonly unknown[]): Input => {
  const value = (spec: OptionSpec): unknown => command.getOptionValue(optionOf(spec).attributeName());
  const argument = (index: number): string | undefined => {
    const given = args[index];
    return typeof given === 'string' ? given : undefined;
  };
  return {
    argument,
    needed(index) {
      const given = argument(index);
      if (given === undefined) throw new Error(`argument ${index} of ${command.name()} is not required`);
      return given;
    },
    rest(index) {
      const given = args[index];
      return Array.isArray(given) ? given.map(String) : [];
    },
    flag: (spec) => value(spec) === !optionOf(spec).negate,
    text(spec) {
      const given = value(spec);
      return typeof given === 'string' ? given : undefined;
    },
    list(spec) {
      const given = value(spec);
      return Array.isArray(given) ? given.map(String) : [];
    },
  };
};

/** `done` receives the exit code: commander's actions return nothing. */
const commandOf = (spec: CommandSpec, host: Host, done: (code: ExitCode) => void): Command => {
  const command = new Command(spec.name).summary(spec.summary).description(describe(spec));
  for (const { name, description, required, variadic } of spec.arguments) {
    const named = variadic ? `${name}...` : name;
    command.addArgument(new Argument(required ? `<${named}>` : `[${named}]`, description));
  }
  for (const option of spec.options) command.addOption(optionOf(option));
  command.addHelpText('after', () => commandHelp(spec));
  command.action(async () => {
    const handler = await spec.load();
    done(await handler(host, inputOf(command, command.processedArgs)));
  });
  return command;
};

const describe = (spec: CommandSpec): string =>
  spec.description ? `${spec.summary}.\n\n${spec.description}` : `${spec.summary}.`;

/** Runs one command line. Never throws: every end is an exit code. */
export const main = async (host: Host): Promise<ExitCode> => {
  let code: ExitCode = 0;
  const program = new Command('runbook')
    .description('Executes a reviewed production cutover: gates, rollback, a checkpoint journal.')
    .version(host.version)
    .addHelpText('after', programHelp);
  for (const spec of commands) {
    program.addCommand(
      commandOf(spec, host, (exit) => {
        code = exit;
      }),
    );
  }
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .configureOutput({
        writeOut: (text) => host.stdout.write(text),
        writeErr: (text) => host.stderr.write(clean(text)),
        outputError: (text, write) => write(`${text}${usageHint(command)}`),
      })
      .showSuggestionAfterError();
  }
  try {
    if (host.argv.length === 0) {
      program.outputHelp({ error: true });
      return 2;
    }
    await program.parseAsync(host.argv, { from: 'user' });
    return code;
  } catch (error) {
    // Commander has written its message already; help and version end this way with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportFailure(host, error);
  }
};

const usageHint = (command: Command): string => {
  const path = command.parent ? `runbook ${command.name()}` : 'runbook';
  return `See: ${path} --help\n`;
};
