import type { Complete } from '../spec.ts';
import { type CompletedCommand, type CompletedOption, shells, typesCommand } from './words.ts';

const offer: { [C in Complete]: string } = {
  file: ' -F',
  directory: ` -a '(__fish_complete_directories)'`,
  run: ` -a 'latest (ls .runbook/runs 2>/dev/null)'`,
  type: ` -a '(${typesCommand.replaceAll("'", '"')})'`,
  shell: ` -a '${shells.join(' ')}'`,
  none: '',
};

const quote = (s: string): string => `'${s.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const optionOf = (o: CompletedOption): string => {
  const value = o.takesValue ? ` -r${offer[o.complete]}` : '';
  return `-l ${o.name.slice(2)} -d ${quote(o.description)}${value}`;
};

const linesOf = (command: CompletedCommand): readonly string[] => {
  const inside = `complete -c runbook -n '__fish_seen_subcommand_from ${command.name}'`;
  const [first] = command.arguments;
  const argument = first ? offer[first.complete] : '';
  return [
    `complete -c runbook -n __fish_use_subcommand -a ${command.name} -d ${quote(command.summary)}`,
    ...command.options.map((o) => `${inside} ${optionOf(o)}`),
    ...(argument ? [`${inside}${argument}`] : []),
  ];
};

export const fishScript = (commands: readonly CompletedCommand[]): string =>
  ['# fish completion for runbook', 'complete -c runbook -f', ...commands.flatMap(linesOf), ''].join('\n');
