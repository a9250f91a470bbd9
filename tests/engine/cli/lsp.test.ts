/** `runbook lsp` as a command: its streams and its exit code. */
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { Host } from '../../../engine/cli/host.ts';
import { lsp } from '../../../engine/cli/lsp.ts';
import type { Input } from '../../../engine/cli/spec.ts';
import { lspClient } from '../../support/lsp-client.ts';
import { fakeRegistry } from '../../support/registry.ts';

const hostWith = (stdin: PassThrough, stdout: PassThrough): Host =>
  ({ stdin, stdout, version: '1.2.3', loadRegistry: async () => fakeRegistry }) as unknown as Host;

const none = { flag: () => false } as unknown as Input;

test('it serves on its streams until the editor ends it, and then lets go of stdin', async () => {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const ended = lsp(hostWith(stdin, stdout), none);
  const editor = lspClient({ input: stdout, output: stdin });
  expect(await editor.initialize()).toMatchObject({ serverInfo: { name: 'runbook', version: '1.2.3' } });
  await editor.connection.sendRequest('shutdown');
  await editor.connection.sendNotification('exit');
  expect(await ended).toBe(0);
  expect(stdin.destroyed).toBe(true);
});

test('a person at a terminal is sent to the settings of the editor', async () => {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  await expect(lsp(hostWith(stdin, new PassThrough()), none)).rejects.toMatchObject({
    diagnostics: [{ code: 'RB693' }],
  });
});
