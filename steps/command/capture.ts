/** What a command printed, as the output that expressions read. */
import type { CommandInput, CommandOutput } from './step.ts';

/** An output is journaled and travels with the state; what is bigger belongs into a file. */
export const longestCapture = 64 * 1024;

const longestShown = 200;

export interface Printed {
  /** Bytes of stdout, at most `longestCapture` and one. */
  readonly stdout: Uint8Array;
  /** The last line of stderr, or of stdout where that said nothing. */
  readonly lastLine: string;
}

export interface Listener {
  onStdout(chunk: Uint8Array): void;
  onStderr(chunk: Uint8Array): void;
  printed(): Printed;
}

/** Logs everything and keeps the beginning of stdout. */
export const listen = (log: (chunk: Uint8Array) => void): Listener => {
  const kept: Uint8Array[] = [];
  let bytes = 0;
  const tails = { out: '', err: '' };
  const tail = (before: string, chunk: Uint8Array) =>
    (before + Buffer.from(chunk).toString('utf8')).slice(-2 * longestShown);
  return {
    onStdout(chunk) {
      log(chunk);
      tails.out = tail(tails.out, chunk);
      const room = longestCapture + 1 - bytes;
      if (room <= 0) return;
      kept.push(chunk.slice(0, room));
      bytes += Math.min(room, chunk.length);
    },
    onStderr(chunk) {
      log(chunk);
      tails.err = tail(tails.err, chunk);
    },
    printed: () => ({ stdout: Buffer.concat(kept), lastLine: lastLine(tails.err) || lastLine(tails.out) }),
  };
};

const lastLine = (text: string): string =>
  text.trimEnd().split('\n').at(-1)?.trim().slice(-longestShown) ?? '';

/** `problem`: the command did its work, but not what it printed can be passed on. */
export const captured = (
  { capture }: CommandInput,
  exitCode: number,
  { stdout }: Printed,
): { output: CommandOutput } | { problem: string } => {
  if (capture === 'none') return { output: { exit_code: exitCode } };
  if (stdout.length > longestCapture) {
    return { problem: `it printed more than ${longestCapture} bytes, which is too much to capture` };
  }
  const text = Buffer.from(stdout).toString('utf8');
  if (capture === 'text') return { output: { exit_code: exitCode, stdout: text } };
  if (capture === 'lines') {
    return { output: { exit_code: exitCode, lines: text.replace(/\n$/, '').split('\n') } };
  }
  try {
    return { output: { exit_code: exitCode, json: JSON.parse(text) } };
  } catch {
    return { problem: 'what it printed is not JSON' };
  }
};
