import type { Complete } from '../spec.ts';
import { type CompletedCommand, type CompletedOption, shells, typesCommand } from './words.ts';

const action: { [C in Complete]: string } = {
  file: '_files',
  directory: '_files -/',
  run: '_runbook_runs',
  type: '_runbook_types',
  shell: `(${shells.join(' ')})`,
  none: ' ',
};

/** Inside single quotes, with the characters that _arguments reads as its own. */
const text = (s: string): string => s.replaceAll("'", "'\\''").replaceAll(/[[\]:]/g, '\\$&');

const optionOf = (o: CompletedOption): string => {
  const value = o.takesValue ? `:value:${action[o.complete]}` : '';
  return `'${o.repeatable ? '*' : ''}${o.name}[${text(o.description)}]${value}'`;
};

const caseOf = (command: CompletedCommand): string => {
  const args = command.arguments.map((a, i) => `'${i + 1}:${a.name}:${action[a.complete]}'`);
  const specs = [...command.options.map(optionOf), "'--help[show help]'", ...args];
  return `        ${command.name}) _arguments ${specs.join(' ')} ;;`;
};

export const zshScript = (commands: readonly CompletedCommand[]): string => `#compdef runbook
_runbook_runs() {
  local -a ids
  ids=(latest .runbook/runs/*(N:t))
  compadd -a ids
}
_runbook_types() {
  local -a types
  types=(\${(f)"$(${typesCommand})"})
  compadd -a types
}
_runbook() {
  local state line
  _arguments -C '1:command:->command' '*::argument:->argument'
  case $state in
    command)
      local -a commands
      commands=(
${commands.map((c) => `        '${c.name}:${text(c.summary)}'`).join('\n')}
      )
      _describe command commands ;;
    argument)
      case $line[1] in
${commands.map(caseOf).join('\n')}
      esac ;;
  esac
}
if [ "$funcstack[1]" = "_runbook" ]; then _runbook "$@"; else compdef _runbook runbook; fi
`;
