/** What a command printed, as the output that expressions read. */
import { type ActContext, ForeignJsonError, parseForeignJson } from '../../engine/step.ts';
import type { Gap } from '../_work/output-limits.ts';
import { reasonOf } from '../_work/reason.ts';
import { TailBuffer } from '../_work/tail-buffer.ts';
import type { CommandInput, CommandOutput } from './step.ts';

/** An output is journaled and travels with the state; what is bigger belongs into a file. */
export const longestCapture = 64 * 1024;

const longestShown = 200;
/** A stack trace and what npm tells of itself may follow the line that says why. */
const longestTail = 64 * 1024;
/** Kept in front of a text that loses its beginning, so that a secret standing across the cut is seen whole. */
const beforeTheCut = 16 * 1024;

export interface Printed {
  /** The last `longestCapture` bytes of stdout. */
  readonly stdout: Uint8Array;
  readonly truncated: boolean;
  /** The end of stdout was not copied. */
  readonly isCut: boolean;
  /** Why it failed, if it did: see reasonOf. */
  reason(): string;
}

export interface Listener {
  onStdout(chunk: Uint8Array): void;
  onStderr(chunk: Uint8Array): void;
  onGap(gap: Gap): void;
  /** `isCut`: it is known that the end of the output was not copied. */
  printed(isCut?: boolean): Printed;
}

/** Logs everything and keeps the end of it: a command's last lines tell how it went. */
export const listen = ({ log, mask }: Pick<ActContext, 'log' | 'mask'>): Listener => {
  const stdout = new TailBuffer(longestCapture + beforeTheCut);
  const stderr = new TailBuffer(longestTail);
  return {
    onStdout(chunk) {
      log(chunk, 'stdout');
      stdout.push(chunk);
    },
    onStderr(chunk) {
      log(chunk, 'stderr');
      stderr.push(chunk);
    },
    // What follows it is more than is kept.
    onGap({ stream, bytes, before }) {
      log(`[${megabytes(bytes)} of ${stream} were not copied]\n`, 'note');
      log(before, stream, false);
    },
    printed: (isCut = false) => {
      const kept = stdout.bytes();
      const truncated = isCut || kept.length > longestCapture;
      return {
        stdout: truncated ? endOf(mask(decode(kept))) : kept,
        truncated,
        isCut,
        reason: () => reasonOf([mask(wholeLines(stderr)), mask(wholeLines(stdout))], longestShown),
      };
    },
  };
};

/** Told at the end: how much of the output is missing in the log, and where it is. */
export const logUncopied = (
  { log }: Pick<ActContext, 'log'>,
  { bytes, at }: { readonly bytes: number; readonly at: string | null },
): void => {
  const where = at === null ? 'they are gone' : `they are in ${at} until the run is settled`;
  log(`[${megabytes(bytes)} of output were not copied; ${where}]\n`, 'note');
};

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** What is left of a line that lost its beginning may begin with a part of a secret. */
const wholeLines = (kept: TailBuffer): string => {
  const text = decode(kept.bytes());
  if (!kept.truncated) return text;
  const end = text.indexOf('\n');
  return text.slice(end < 0 ? beforeTheCut : end + 1);
};

const endOf = (text: string): Uint8Array => Buffer.from(text).subarray(-longestCapture);

/**
 * `problem`: the command did its work, but not what it printed can be passed on. Text is for people, and
 * loses its beginning; lines and JSON are data, of which a part would be wrong data.
 */
export const captured = (
  { capture }: CommandInput,
  exitCode: number,
  { stdout, truncated, isCut, reason }: Printed,
): { output: CommandOutput } | { problem: string; remedy: string } => {
  if (capture === 'none') return { output: { exit_code: exitCode, truncated: false } };
  const text = decode(stdout);
  if (capture === 'text') return { output: { exit_code: exitCode, stdout: text, truncated } };
  if (isCut) {
    return {
      problem: `its output could not be copied to its end, which ${capture} needs`,
      remedy: 'The log of the step says where the output is; read it there',
    };
  }
  if (truncated) {
    return {
      problem: `it printed more than ${longestCapture} bytes, which is too much for ${capture}`,
      remedy: 'Set `capture: none`, or have it print less',
    };
  }
  if (capture === 'lines') return { output: { exit_code: exitCode, lines: linesOf(text), truncated } };
  try {
    return {
      output: { exit_code: exitCode, json: parseForeignJson(text) as CommandOutput['json'], truncated },
    };
  } catch (error) {
    if (!(error instanceof ForeignJsonError)) throw error;
    const shown = error.message === notJson ? `: ${reason() || 'nothing'}` : '';
    return {
      problem: `${error.message.replace(/^it /, 'what it printed ')}${shown}`,
      remedy:
        'Its stdout has to be one JSON value and nothing else; all that it printed is in the log of the step',
    };
  }
};

/** Then what it printed is often a complaint, worth showing. */
const notJson = 'it is not JSON';

const linesOf = (text: string): string[] => {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
};
