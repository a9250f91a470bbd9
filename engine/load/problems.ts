import {
  type Code,
  type DataOf,
  type Diagnostic,
  DiagnosticError,
  diagnose,
  type Position,
} from '../diagnostic.ts';

/** Gathers every problem of a load, so that all are reported at once. */
export class Problems {
  readonly #found: Diagnostic[] = [];
  /** By code and place: the item that it is told for. */
  readonly #items = new Map<string, string>();

  add<C extends Code>(code: C, data: DataOf<C>, position?: Position): void {
    this.#add(diagnose(code, data, position));
  }

  addDiagnostic({ code, data }: Diagnostic, position: Position): void {
    this.#add({ code, data, position } as Diagnostic);
  }

  /** What is wrong at one place for every item of a loop is told once, for the first of them. */
  #add(diagnostic: Diagnostic): void {
    const { code, position } = diagnostic;
    if (position?.item !== undefined) {
      const place = `${code} ${position.file}:${position.line}:${position.col}`;
      const first = this.#items.get(place);
      if (first !== undefined && first !== position.item) return;
      this.#items.set(place, position.item);
    }
    this.#found.push(diagnostic);
  }

  get count(): number {
    return this.#found.length;
  }

  /** File by file in the order of the lines. */
  get sorted(): readonly Diagnostic[] {
    const key = (d: Diagnostic) => d.position ?? { file: '', line: 0, col: 0 };
    return this.#found.toSorted((a, b) => {
      const [p, q] = [key(a), key(b)];
      return p.file === q.file ? p.line - q.line || p.col - q.col : 0;
    });
  }

  /** Throws DiagnosticError. */
  throwIfAny(): void {
    if (this.#found.length > 0) throw new DiagnosticError(this.sorted);
  }
}
