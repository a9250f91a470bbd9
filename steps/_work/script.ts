/**
 * Files are handled by small POSIX scripts through `Shell.exec`, so that this machine and an ssh place behave
 * the same. Values travel as arguments or stdin, never inside the script's text.
 */
import { reasonOf } from './reason.ts';
import type { ExecOptions, Shell } from './shell.ts';

/** GNU and BSD spell `stat`, `sync`, the hash and a rename differently; everything else here is POSIX. */
const prelude = `
set -u
_rb_lc_all=\${LC_ALL-}
LC_ALL=C; export LC_ALL
# OpenSSL's uses what the processor has for it: four times as fast as coreutils' on a dump.
sha() {
  { openssl dgst -sha256 -r 2>/dev/null <"$1" ||
    { if command -v sha256sum >/dev/null 2>&1; then sha256sum; else shasum -a 256; fi; } <"$1"; } | cut -c1-64
}
meta() { stat -c '%a %u %g %s' -- "$1" 2>/dev/null || stat -f '%Lp %u %g %z' -- "$1"; }
flush() { sync -- "$1" 2>/dev/null || sync; }
# Renames over a link to a folder, where plain \`mv\` would move into the folder. BSD calls that -h.
rename() { if mv --help 2>&1 | grep -q -e -T; then mv -fT -- "$1" "$2"; else mv -fh -- "$1" "$2"; fi; }
# Where a run keeps what it needs at a place: $1 is the place's own choice, if any.
state() { printf '%s' "\${1:-\${XDG_STATE_HOME:-\${HOME:?has no value}/.local/state}/runbook}"; }
# The script's own reason, whatever its tools have said before: see runScript.
die() { printf '\\036%s\\n' "$1" >&2; exit "\${2:-1}"; }
`;

/**
 * Ways to end that a script's caller tells apart, by name. One constant beside the script has them: its text exits
 * with `${exits.final}`, and `runScript` with `{ exits }` answers `ended: 'final'`. Two to 100, so that no tool's own
 * exit, such as those of a shell that finds no program, is taken for one.
 */
export type Exits = Readonly<Record<string, number>>;

/** Trying again does not help: what the script refuses stays so until somebody changes it. */
export const refusal = { final: 3 } as const satisfies Exits;

export interface ScriptResult<E extends string = never> {
  /** `failed`: with any exit that has no name, or by a signal. */
  readonly ended: 'done' | 'failed' | E;
  readonly code: number | null;
  readonly lines: readonly string[];
  /** Why it failed: the script's own word, else the line of its tool that says so. */
  readonly complaint: string;
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Before a word of the script's own: see `die`. */
export const ownMark = '\x1e';
const ownByte = ownMark.charCodeAt(0);

export interface ScriptOptions<X extends Exits = Record<never, number>> extends ExecOptions {
  /** The script's own, by name; default: none. */
  readonly exits?: X;
  /** stderr with the marks in it, for whoever tells the script's words from its tool's; else they are removed. */
  readonly onMarked?: (chunk: Uint8Array) => void;
}

const stderrOf = ({ onMarked, onStderr }: ScriptOptions): Pick<ExecOptions, 'onStderr'> => {
  if (onMarked) return { onStderr: onMarked };
  return onStderr ? { onStderr: (chunk) => onStderr(chunk.filter((byte) => byte !== ownByte)) } : {};
};

const complaintOf = (stderr: string): string => {
  const own = stderr.lastIndexOf(ownMark);
  return own < 0 ? reasonOf([stderr]) : (stderr.slice(own + 1).split('\n')[0] ?? '').trim();
};

const endedBy = <X extends Exits>(
  code: number | null,
  exits?: X,
): ScriptResult<keyof X & string>['ended'] => {
  if (code === 0) return 'done';
  return Object.keys(exits ?? {}).find((name) => exits?.[name] === code) ?? 'failed';
};

/** What of stdout is kept where nobody says otherwise; what a script answers is short. */
const answerBytes = 16 * 1024 * 1024;

/**
 * A non-zero exit is a result. Throws what `Shell.exec` throws, and where the answer is longer than what is kept of
 * it: its first lines would be missing, and nobody would know.
 */
export const runScript = async <X extends Exits = Record<never, number>>(
  shell: Shell,
  script: string,
  args: readonly string[],
  { exits, ...options }: ScriptOptions<X> = {},
): Promise<ScriptResult<keyof X & string>> => {
  const keepBytes = options.keepBytes ?? answerBytes;
  const result = await shell.exec(['sh', '-c', prelude + script, 'runbook', ...args], {
    ...options,
    ...stderrOf(options),
    keepBytes,
  });
  // Whoever takes the bytes as they come has them all.
  if (result.truncated && result.stdout.byteLength >= keepBytes && options.onStdout === undefined)
    throw new Error(`${shell.place}: the answer of a script is longer than ${keepBytes} bytes`);
  const complaint = complaintOf(decode(result.stderr));
  return {
    ended: endedBy(result.exitCode, exits),
    code: result.exitCode,
    lines: decode(result.stdout).split('\n').slice(0, -1),
    complaint: complaint || `it ended with ${result.signal ?? `exit ${result.exitCode}`}`,
  };
};

/** A read that must succeed: throws an error that names the place and the path. */
export const readByScript = async (
  shell: Shell,
  script: string,
  args: readonly [path: string, ...rest: string[]],
  options: ExecOptions = {},
): Promise<readonly string[]> => {
  const { ended, lines, complaint } = await runScript(shell, script, args, options);
  if (ended !== 'done') throw new Error(`${args[0]} on ${shell.place}: ${complaint}`);
  return lines;
};
