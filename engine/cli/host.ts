/** The world as the commands see it; only engine/main.ts touches `process`. */
import type { ImportModule } from '../load/own-types/module.ts';
import type { Registry } from '../registry.ts';

export interface Interrupts {
  /** `count` is 1 for the first signal, 2 for the second and every later one counts on. */
  on(listener: (count: number) => void): void;
  readonly count: number;
  /** Gives the signals back to the system: the next one kills. */
  close(): void;
}

export interface Host {
  readonly version: string;
  /** Without node and the script. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes these variables away from child processes. */
  forgetEnv(names: readonly string[]): void;
  readonly cwd: string;
  readonly pid: number;
  readonly hostname: string;
  /** Login name, for the record. */
  readonly user: string;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  now(): number;
  /** The step types and target kinds; loaded only by commands that need them. */
  loadRegistry(): Promise<Registry>;
  /** Runs the code of a step type of a runbook. */
  readonly importModule: ImportModule;
  /** Takes over SIGINT, SIGTERM and SIGHUP until closed. */
  interrupts(): Interrupts;
  /** Sends this process the interrupt that a raw-mode terminal swallowed. */
  interrupt(): void;
}

/** A person can be asked: both ends of the conversation are terminals that can redraw. */
export const isInteractive = (host: Host): boolean =>
  host.stdin.isTTY === true && host.stderr.isTTY === true && !isDumb(host);

/** Terminals and robots that want lines, not a redrawn screen. */
export const isDumb = (host: Host): boolean =>
  host.env.TERM === 'dumb' || (host.env.CI !== undefined && host.env.CI !== 'false');
