/** `completion`, as the table of commands has it. */
import type { CommandSpec } from './spec.ts';

/** `commands`: the whole table, which this command is a part of. */
export const completionCommand = (commands: () => readonly CommandSpec[]): CommandSpec => ({
  name: 'completion',
  summary: 'Print a shell completion script',
  arguments: [{ name: 'shell', description: 'bash, zsh or fish', required: true, complete: 'shell' }],
  options: [],
  examples: [
    { run: 'source <(runbook completion bash)', what: 'bash, this session' },
    { run: 'runbook completion zsh > "$' + '{fpath[1]}/_runbook"', what: 'zsh' },
    { run: 'runbook completion fish > ~/.config/fish/completions/runbook.fish', what: 'fish' },
  ],
  exits: [0, 2],
  load: async () => (await import('./completion.ts')).completionOf(commands()),
});
