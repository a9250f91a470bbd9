import type { Position } from '../diagnostic.ts';

/** What is wrong at one place for every item of a loop is told once, for the first of them. */
export class ToldOnce {
  /** By code and place: the item that it is told for. */
  readonly #items = new Map<string, string>();

  isNew(code: string, position: Position | undefined): boolean {
    if (position?.item === undefined) return true;
    const place = `${code} ${position.file}:${position.line}:${position.col}`;
    const first = this.#items.get(place) ?? position.item;
    this.#items.set(place, first);
    return first === position.item;
  }
}
