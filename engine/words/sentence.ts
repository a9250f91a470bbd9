/** What the engine says, before a view has painted it. */

/** What a line means to its reader; a view makes a colour of it. */
export type Tone = 'plain' | 'good' | 'bad' | 'warn' | 'dim' | 'strong';

export interface Line {
  readonly tone: Tone;
  readonly text: string;
}

export interface Sentence extends Line {
  /** Further lines, indented under the first. */
  readonly more?: readonly string[];
}
