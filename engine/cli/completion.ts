/** `runbook completion SHELL`. */
import { fail } from '../diagnostic.ts';
import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import { completed, type Shell, shells } from './completion/words.ts';
import { zshScript } from './completion/zsh.ts';
import type { CommandSpec, Handler } from './spec.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };
const isShell = (name: string): name is Shell => Object.hasOwn(scripts, name);

/** The table of commands is given: it is what loads this file. */
export const completionOf =
  (commands: readonly CommandSpec[]): Handler =>
  async (host, input) => {
    const shell = input.needed(0);
    if (!isShell(shell)) return fail('RB602', { shell, shells });
    host.stdout.write(scripts[shell](completed(commands)));
    return 0;
  };
