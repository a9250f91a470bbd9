/** The expanded runbook, every key and value of which can be pointed at where it is written. */
import type { Position } from '../../diagnostic.ts';
import type { Path } from '../../expr/json-schema.ts';
import type { Source, TextPart } from '../source.ts';

/** A piece of a text that the expansion has replaced. */
export interface Edit {
  /** Offsets into the text as written. */
  readonly start: number;
  readonly end: number;
  /** What stands there now. */
  readonly by: string;
}

/** Where a value of the expanded tree is written. What has no child of its own is written below, under the same keys. */
export interface Origin {
  readonly source: Source;
  readonly path: Path;
  /** The item of the loop that it was written out for; absent: it is there once. */
  readonly item?: string;
  /** Of a text, in its order. */
  readonly edits?: readonly Edit[];
  readonly children?: ReadonlyMap<string | number, Origin>;
}

export class ExpandedSource implements Source {
  readonly #root: Origin;

  constructor(root: Origin) {
    this.#root = root;
  }

  lineOf(path: Path): number {
    const at = this.originOf(path);
    return at.source.lineOf(at.path);
  }

  has(path: Path): boolean {
    const at = this.originOf(path);
    return at.source.has(at.path);
  }

  written(path: Path): string | null {
    const at = this.originOf(path);
    return at.source.written(at.path);
  }

  value(path: Path): Position {
    const at = this.originOf(path);
    return placed(at.source.value(at.path), at);
  }

  key(path: Path): Position {
    const at = this.originOf(path);
    return placed(at.source.key(at.path), at);
  }

  within(path: Path, part: TextPart): Position {
    const at = this.originOf(path);
    const edits = at.edits ?? [];
    const asWritten = {
      start: writtenOffset(part.start, edits, 'start'),
      end: writtenOffset(part.end, edits, 'end'),
      open: part.open === null ? null : writtenOffset(part.open, edits, 'start'),
    };
    return placed(at.source.within(at.path, asWritten), at);
  }

  originOf(path: Path): Origin {
    let at = this.#root;
    for (const key of path)
      at = at.children?.get(key) ?? {
        source: at.source,
        path: [...at.path, key],
        ...(at.item !== undefined && { item: at.item }),
      };
    return at;
  }
}

const placed = (position: Position, { item }: Origin): Position =>
  item === undefined ? position : { ...position, item };

/** An offset inside of a replaced piece is at the start or the end of what was written there. */
const writtenOffset = (offset: number, edits: readonly Edit[], side: 'start' | 'end'): number => {
  let moved = 0;
  for (const { start, end, by } of edits) {
    const from = start + moved;
    if (offset < from || (offset === from && side === 'end')) break;
    if (offset < from + by.length || (offset === from + by.length && side === 'end'))
      return side === 'start' ? start : end;
    moved += by.length - (end - start);
  }
  return offset - moved;
};
