import type { Complete } from '../spec.ts';
import { type CompletedCommand, shells, typesCommand } from './words.ts';

const offer: { [C in Complete]: string } = {
  file: 'COMPREPLY=($(compgen -f -- "$word"))',
  directory: 'COMPREPLY=($(compgen -d -- "$word"))',
  run: 'COMPREPLY=($(compgen -W "latest $(ls .runbook/runs 2>/dev/null)" -- "$word"))',
  type: `COMPREPLY=($(compgen -W "$(${typesCommand})" -- "$word"))`,
  shell: `COMPREPLY=($(compgen -W "${shells.join(' ')}" -- "$word"))`,
  none: 'COMPREPLY=()',
};

const caseOf = (command: CompletedCommand): string => {
  const values = command.options
    .filter((o) => o.takesValue)
    .map((o) => `        ${o.name}) ${offer[o.complete]}; return ;;`);
  const [first] = command.arguments;
  return [
    `    ${command.name})`,
    ...(values.length > 0 ? ['      case "$before" in', ...values, '      esac'] : []),
    '      if [[ "$word" == -* ]]; then',
    `        COMPREPLY=($(compgen -W "${command.options.map((o) => o.name).join(' ')} --help" -- "$word"))`,
    `      else ${offer[first?.complete ?? 'none']}; fi ;;`,
  ].join('\n');
};

export const bashScript = (commands: readonly CompletedCommand[]): string => `# bash completion for runbook
_runbook() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}"
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W "${commands.map((c) => c.name).join(' ')} help --help --version" -- "$word"))
    return
  fi
  case "$command" in
${commands.map(caseOf).join('\n')}
  esac
}
complete -o filenames -o bashdefault -F _runbook runbook
`;
