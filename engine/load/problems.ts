import {
  type Code,
  type DataOf,
  type Diagnostic,
  DiagnosticError,
  diagnose,
  type Position,
} from '../diagnostic.ts';
import { ToldOnce } from './told-once.ts';

/** Gathers every problem of a load, so that all are reported at once. */
export class Problems {
  readonly #found: Diagnostic[] = [];
  readonly #told = new ToldOnce();

  add<C extends Code>(code: C, data: DataOf<C>, position?: Position): void {
    this.#add(diagnose(code, data, position));
  }

  addDiagnostic({ code, data }: Diagnostic, position: Position): void {
    this.#add({ code, data, position } as Diagnostic);
  }

  #add(diagnostic: Diagnostic): void {
    if (this.#told.isNew(diagnostic.code, diagnostic.position)) this.#found.push(diagnostic);
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
