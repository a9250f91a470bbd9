/** Reads one line from a terminal while something else owns the screen. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

export interface LineReader {
  /**
   * Resolves to the line, or to null when the signal fires or the input ends. `onEdit` gets the line as it
   * stands after every key, for the owner of the screen to show.
   */
  read(onEdit: (line: string) => void, signal: AbortSignal): Promise<string | null>;
}

/** `interrupt`: raw mode turns Ctrl-C into a character, so it has to be sent on as the signal it was. */
export const createLineReader = (input: NodeJS.ReadStream, interrupt: () => void): LineReader => ({
  read(onEdit, signal) {
    if (signal.aborted) return Promise.resolve(null);
    const output = new Writable({ write: (_chunk, _encoding, done) => done() });
    const lines = createInterface({ input, output, terminal: true, historySize: 0 });
    const edited = () => onEdit(lines.line);
    return new Promise((resolve) => {
      const end = (line: string | null) => {
        resolve(line);
        signal.removeEventListener('abort', abort);
        input.off('keypress', edited);
        // Emits `close` at once, which would be the end of the input had the promise not been resolved.
        lines.close();
      };
      const abort = () => end(null);
      signal.addEventListener('abort', abort);
      input.on('keypress', edited);
      lines.on('SIGINT', interrupt);
      lines.once('line', end);
      lines.once('close', () => resolve(null));
    });
  },
});
