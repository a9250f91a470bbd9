/** `runbook lsp`. */
import { fail } from '../diagnostic.ts';
import { serve } from '../lsp/server.ts';
import { givenTypes } from './given.ts';
import type { Handler } from './spec.ts';

/** Long enough for a word, short enough to be there when the typing stops. */
const DELAY_MS = 200;

export const lsp: Handler = async (host, input) => {
  if (host.stdin.isTTY) fail('RB693', {});
  const types = await givenTypes(host, input);
  const streams = { input: host.stdin, output: host.stdout };
  const code = await serve(streams, { ...types, version: host.version, delayMs: DELAY_MS });
  // An open pipe would keep the process alive after the last message.
  host.stdin.destroy();
  return code;
};
