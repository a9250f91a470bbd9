/** Lines as they are written: indents, single spaces between parts, and at most one blank line in a row. */
export class Page {
  readonly #lines: string[] = [];
  #line = '';
  #gap = false;
  #blank = false;

  get atStart(): boolean {
    return this.#line === '';
  }

  /** Of the line that is being written. */
  get indent(): number {
    return this.#line.length - this.#line.trimStart().length;
  }

  /** @param indent for the first text of a line; text that follows on the line ignores it. */
  put(text: string, indent: number): void {
    if (this.atStart) {
      if (this.#blank && this.#lines.length > 0) this.#lines.push('');
      this.#blank = false;
      this.#line = ' '.repeat(indent) + text;
    } else this.#line += (this.#gap ? ' ' : '') + text;
    this.#gap = false;
  }

  /** A space before the next text, if that is on the same line. */
  gap(): void {
    this.#gap = true;
  }

  noGap(): void {
    this.#gap = false;
  }

  comment(text: string, indent: number): void {
    this.gap();
    this.put(text.trimEnd(), indent);
  }

  /** On an empty line: a blank line, unless nothing follows it. */
  newline(): void {
    if (this.atStart) this.#blank = true;
    else this.#lines.push(this.#line);
    this.#line = '';
    this.#gap = false;
  }

  startLine(): void {
    if (!this.atStart) this.newline();
  }

  /** A line inside a text, where each blank line and each space counts. */
  verbatim(line: string): void {
    this.startLine();
    this.#lines.push(line);
  }

  toString(): string {
    this.startLine();
    return `${this.#lines.join('\n')}\n`;
  }
}
