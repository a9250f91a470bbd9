/** A part that was read, and the places of its text as the runbook that uses it sees them. */
import type { Position } from '../../diagnostic.ts';
import type { Path } from '../../expr/json-schema.ts';
import type { Json } from '../../plan.ts';
import type { Source, TextPart } from '../source.ts';
import type { Variables } from '../vars.ts';
import type { YamlSource } from '../yaml-source.ts';

export interface Part {
  /** Relative to the folder of the runbook: `./parts/switch.yaml`. */
  readonly path: string;
  readonly source: YamlSource;
  readonly steps: readonly Json[];
  readonly inputs: Variables;
  readonly defaults: ReadonlyMap<string, Json>;
  readonly outputs: { readonly [name: string]: string };
}

/** By path; null: what is wrong with it is reported. */
export type Parts = ReadonlyMap<string, Part | null>;

/** `cutover.yaml:12`, the innermost first. */
const placeText = ({ file, line, usedFrom }: Position): string =>
  `${file}:${line}${usedFrom === undefined ? '' : `, used from ${usedFrom}`}`;

export class PartSource implements Source {
  readonly #yaml: Source;
  readonly #usedFrom: string;
  readonly #line: number;

  /** @param use where the part is used; @param line in the runbook itself */
  constructor(yaml: Source, use: Position, line: number) {
    this.#yaml = yaml;
    this.#usedFrom = placeText(use);
    this.#line = line;
  }

  /** A step of a part has no line in the runbook but that of its use. */
  lineOf(_path: Path): number {
    return this.#line;
  }

  has(path: Path): boolean {
    return this.#yaml.has(path);
  }

  written(path: Path): string | null {
    return this.#yaml.written(path);
  }

  value(path: Path): Position {
    return this.#placed(this.#yaml.value(path));
  }

  key(path: Path): Position {
    return this.#placed(this.#yaml.key(path));
  }

  within(path: Path, part: TextPart): Position {
    return this.#placed(this.#yaml.within(path, part));
  }

  #placed(position: Position): Position {
    return { ...position, usedFrom: this.#usedFrom };
  }
}
