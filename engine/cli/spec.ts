/** One table of commands feeds parsing, help and shell completion. */
import type { ExitCode } from './exit-codes.ts';
import type { Host } from './host.ts';

/** What a shell may offer for a value. */
export type Complete = 'file' | 'directory' | 'run' | 'type' | 'shell' | 'none';

export interface OptionSpec {
  /** As commander reads them: `--vars <file>`, `--no-go`. */
  readonly flags: string;
  readonly description: string;
  readonly repeatable?: true;
  readonly required?: true;
  readonly complete?: Complete;
}

export interface ArgumentSpec {
  readonly name: string;
  readonly description: string;
  readonly required?: true;
  /** All that follow; only the last one may be. */
  readonly variadic?: true;
  readonly complete?: Complete;
}

/** Values of one call, asked for by the table's own entries. */
export interface Input {
  /** By position; undefined: not given. */
  argument(index: number): string | undefined;
  /** For an argument that the table declares required. */
  needed(index: number): string;
  /** Of a variadic argument. */
  rest(index: number): readonly string[];
  flag(option: OptionSpec): boolean;
  text(option: OptionSpec): string | undefined;
  list(option: OptionSpec): readonly string[];
}

export type Handler = (host: Host, input: Input) => Promise<ExitCode>;

export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly { readonly run: string; readonly what: string }[];
  readonly exits: readonly ExitCode[];
  /** Exit codes that mean something else here than for a run. */
  readonly means?: { readonly [C in ExitCode]?: string };
  /** Imports the command's own file, so that `--help` and `validate` never load the engine's run half. */
  load(): Promise<Handler>;
}
