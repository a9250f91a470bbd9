/** What a target gives to everything that runs there. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ssh } from '../../../../steps/_targets/ssh/target.ts';
import { acts } from '../../../../steps/command/acts.ts';
import { command } from '../../../../steps/command/step.ts';
import { actContext } from '../../../support/act-context.ts';
import { useLab } from '../../../support/lab.ts';
import { labConfig, openSsh, text } from './lab-ssh.ts';

const lab = await useLab();

it('finds programs in the folders of `path`, and the variables of `env`, in reads and writes', async () => {
  const bin = join(lab.vps.home, `own bin ${process.pid}`);
  await mkdir(bin);
  const tool = join(bin, 'own-tool');
  await writeFile(tool, '#!/bin/sh\necho "$COLOUR $SHADE"\n');
  await chmod(tool, 0o755);
  await chmod(bin, 0o755);
  const { shell } = await openSsh(lab, {
    path: [`~/own bin ${process.pid}`],
    env: { COLOUR: 'red', SHADE: 'dark' },
  });
  for (const effects of ['read', 'write']) {
    const input = command.input.parse({ run: ['own-tool'], env: { SHADE: 'light' }, effects });
    const outcome = await acts.run(actContext({ clients: { shell } }), input, null);
    expect(outcome).toMatchObject({ done: true, output: { stdout: 'red light\n' } });
  }
  const { stdout } = await shell.exec(['sh', '-c', 'echo "$PATH"']);
  expect(text(stdout)).toMatch(/\/own bin \d+:.*\/bin/);
});

it.each([
  [{ env: { PATH: '/x' } }, 'PATH is set by `path`'],
  [{ env: { 'a-b': '/x' } }, 'not a variable name'],
  [{ path: ['bin'] }, 'a folder was expected'],
  [{ path: ['/a:/b'] }, 'a folder was expected'],
  [{ key_file: '~deploy/.ssh/id' }, '~/ is your home'],
  [{ known_hosts: '~deploy/.ssh/known_hosts' }, '~/ is your home'],
])('refuses %j', (changed, message) => {
  const parsed = ssh.config.safeParse({ ...labConfig(lab), ...changed });
  expect(JSON.stringify(parsed.error?.issues)).toContain(message);
});
