import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { commands } from '../../../engine/cli/commands.ts';
import { bashScript } from '../../../engine/cli/completion/bash.ts';
import { completed } from '../../../engine/cli/completion/words.ts';
import { runbookHere as runbook } from './command-line.ts';

/** What bash offers for the last word. */
const offered = (...words: string[]): Promise<string[]> => offeredBeside('', ...words);

/** `installed`: stands in for the command itself. */
const offeredBeside = async (installed: string, ...words: string[]): Promise<string[]> => {
  const line = words.map((w) => `'${w}'`).join(' ');
  const script = `${installed}
${bashScript(completed(commands))}
COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _runbook; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: process.cwd() });
  return stdout.split('\n').filter((w) => w !== '');
};

describe('bash', () => {
  test('commands', async () => {
    expect(await offered('runbook', 're')).toEqual(['resume', 'report', 'review']);
  });
  test('options of the command', async () => {
    expect(await offered('runbook', 'exec', '--var')).toEqual(['--vars', '--var']);
  });
  test('files where a file is meant', async () => {
    expect(await offered('runbook', 'exec', '--vars', 'tsconf')).toEqual(['tsconfig.json']);
    expect(await offered('runbook', 'validate', 'tsconf')).toEqual(['tsconfig.json']);
  });
  test('step types, as the installed command knows them', async () => {
    const { stdout } = await runbook(['steps']);
    const installed = `runbook() { [ "$*" = steps ] && cat <<'TYPES'\n${stdout}TYPES\n}`;
    expect(await offeredBeside(installed, 'runbook', 'steps', 'file.')).toEqual([
      'file.copy',
      'file.remove',
      'file.write',
    ]);
    expect(await offeredBeside(installed, 'runbook', 'steps', 'ga')).toEqual(['gate']);
  });
  test('nothing where only the operator can know', async () => {
    expect(await offered('runbook', 'exec', '--t0', '')).toEqual([]);
  });
});

test.each(['bash', 'zsh', 'fish'])('%s: the script names every command and option', async (shell) => {
  const { code, stdout } = await runbook(['completion', shell]);
  expect(code).toBe(0);
  for (const { name, options } of commands) {
    expect(stdout).toContain(name);
    for (const { flags } of options) {
      const long = flags.split(' ')[0] ?? '';
      expect(stdout).toContain(shell === 'fish' ? `-l ${long.slice(2)}` : long);
    }
  }
});

test('another shell: exit 2', async () => {
  const { code, stderr } = await runbook(['completion', 'tcsh']);
  expect(code).toBe(2);
  expect(stderr).toContain('Use one of: bash, zsh, fish');
});
