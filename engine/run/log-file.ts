import { appendFileSync, closeSync, openSync } from 'node:fs';

/**
 * Opened by the first write: a silent act makes no file, which would cost more than its journal entries, and a
 * run of a thousand steps holds no thousand descriptors. Written at once: a command that talks faster than the
 * disk waits for it.
 */
export class LogFile {
  readonly #path: string;
  #fd: number | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** Throws the system's error. */
  write(text: string): void {
    this.#fd ??= openSync(this.#path, 'a', 0o600);
    appendFileSync(this.#fd, text);
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }
}
