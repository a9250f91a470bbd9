/** What rules about a runbook ask of a step's input, so that no rule names a step type. Plain data. */

/** Below the input. */
type Path = readonly (string | number)[];

export interface RunCommand {
  /** A text is a script of `sh -e`; a list is argv, run without a shell. */
  readonly run: string | readonly string[];
  readonly path: Path;
  /** It only asks whether the act happened. */
  readonly probe?: true;
}

export interface Statement {
  /** In the language of the step's target. */
  readonly text: string;
  readonly path: Path;
}

export interface Traits {
  readonly commands?: readonly RunCommand[];
  /** Folder that the commands run in. */
  readonly cwd?: string;
  /** That it sends as a write. */
  readonly writes?: readonly Statement[];
  /** The type learns from an exit code or an answer only: whether the world is as wanted, something else has to tell. */
  readonly unproven?: true;
  /** After a lost outcome nothing can tell whether it happened: a person is asked. */
  readonly unprobed?: true;
  /** `team`: the people of the cutover. `users`: many of those that it is for; that cannot be called back. */
  readonly tells?: 'team' | 'users';
  /** Makes a copy that data can be restored from. */
  readonly backup?: true;
  /** Files whose content it changes. */
  readonly changesFiles?: readonly string[];
  /** Asks a service as one of its users would, from the place that it runs on. */
  readonly asks?: string;
  /** Values that the step fails on when they are not true. */
  readonly claims?: readonly Path[];
}
