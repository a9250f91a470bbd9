/** The real command line with a person before it. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { engineMain } from '../../support/engine-main.ts';
import { runInTerminal } from '../views/pseudo-terminal.ts';
import { workDir } from './command-line.ts';

const night = () => {
  const cwd = workDir();
  writeFileSync(
    join(cwd, 'small.yaml'),
    `version: 1
name: small
approvers: { lead: { name: Lead } }
steps:
  - { id: page-on, name: Put the page up, type: file.write, with: { path: ${cwd}/page.txt, content: closed } }
  - id: smoke
    name: Smoke check
    type: command
    with: { run: [test, -e, ${cwd}/open], effects: read }
  - id: go-no-go
    name: Go or no-go
    type: gate
    with: { prompt: Take the page down?, approvers: [lead], timeout: 5m, on_timeout: hold }
  - { id: page-off, name: Take the page down, type: file.remove, with: { path: ${cwd}/page.txt } }
`,
  );
  const command = `cd ${cwd} && ${process.execPath} ${engineMain} exec small.yaml`;
  const env = { HOME: cwd, XDG_STATE_HOME: join(cwd, 'state') };
  return { cwd, open: () => writeFileSync(join(cwd, 'open'), ''), command, env };
};

test('a gate answered at the prompt opens the way', async () => {
  const { cwd, open, command, env } = night();
  open();
  const { screen, exitCode } = await runInTerminal(command, {
    env,
    typed: [
      { after: 'Type the id', type: 'lead\r' },
      { after: 'in full', type: 'go\r' },
      { after: 'lead says GO', type: 'counts match\r' },
    ],
  });
  expect(exitCode).toBe(0);
  expect(screen).toContain('SUCCEEDED');
  expect(existsSync(join(cwd, 'page.txt'))).toBe(false);
});

test('a failed step asks for a choice; rollback is one', async () => {
  const { cwd, command, env } = night();
  const { screen, exitCode } = await runInTerminal(command, {
    env,
    typed: [
      { after: 'What now?', type: 'roll-back\r' },
      { after: 'Reason (recorded', type: 'the smoke check is right\r' },
    ],
  });
  // While the question is open, no spinner is shown.
  expect(screen).toMatch(/log: \/\S+\/logs\/smoke\.log/);
  expect(screen).toMatch(/retry {6}run smoke again \(attempt 2\)/);
  expect(screen).toMatch(/roll-back {2}undo 1 step/);
  expect(screen).toMatch(/✖ +Smoke check {2}\S+ {2}HELD/);
  expect(exitCode).toBe(5);
  expect(screen).toContain('ROLLED BACK');
  expect(existsSync(join(cwd, 'page.txt'))).toBe(false);
});

test('leaving a run held ends with exit 1 and the commands to continue', async () => {
  const { cwd, command, env } = night();
  const { screen, exitCode } = await runInTerminal(command, {
    env,
    typed: [{ after: 'What now?', type: 'stop\r' }],
  });
  expect(exitCode).toBe(1);
  expect(screen).toMatch(/runbook resume \S+ --retry smoke/);
  expect(existsSync(join(cwd, 'page.txt'))).toBe(true);
});

test('Ctrl-C at a question saves and leaves: exit 130', async () => {
  const { open, command, env } = night();
  open();
  const { screen, exitCode } = await runInTerminal(command, {
    env,
    typed: [{ after: 'Type the id', type: '\u0003' }],
  });
  expect(exitCode).toBe(130);
  expect(screen).toContain('runbook resume');
});
