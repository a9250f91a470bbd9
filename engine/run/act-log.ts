/** The output of a step: masked, appended to its log file, handed to the view line by line. */
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { ActKey } from '../decide/events.ts';
import { parseActKey } from '../decide/keys.ts';
import type { ActContext } from '../step.ts';
import type { MaskStream } from './mask.ts';

export interface ActLog {
  write: ActContext['log'];
  end(): Promise<void>;
}

/** A line longer than this is shown in pieces; the file has it whole. */
const longestShown = 4096;

export class ActLogs {
  readonly #dir: string;
  readonly #streams = new Map<string, WriteStream>();

  constructor(dir: string) {
    this.#dir = dir;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  }

  path(step: string): string {
    return join(this.#dir, `${step}.log`);
  }

  open(
    act: ActKey,
    attempt: number,
    at: number,
    mask: () => MaskStream,
    onLine: (line: string) => void,
  ): ActLog {
    const file = this.#stream(parseActKey(act).step);
    // One a stream: what the other says in between must not part the halves of a secret, or of a character.
    const open = () => ({ text: new TextDecoder(), mask: mask() });
    const streams = { stdout: open(), stderr: open() };
    let headed = false;
    let rest = '';
    const show = (line: string) => {
      for (let at = 0; at === 0 || at < line.length; at += longestShown)
        onLine(line.slice(at, at + longestShown));
    };
    const emit = (masked: string) => {
      if (masked === '') return;
      if (!headed) file.write(`--- ${act}#${attempt} ${new Date(at).toISOString()}\n`);
      headed = true;
      file.write(masked);
      const lines = (rest + masked).split(/\r\n|\n|\r/);
      rest = lines.pop() ?? '';
      for (const line of lines) show(line);
      for (; rest.length > longestShown; rest = rest.slice(longestShown)) onLine(rest.slice(0, longestShown));
    };
    return {
      write: (chunk, stream = 'stdout') => {
        const { text, mask } = streams[stream];
        emit(mask.write(typeof chunk === 'string' ? chunk : text.decode(chunk, { stream: true })));
      },
      end: async () => {
        for (const { text, mask } of Object.values(streams)) emit(mask.write(text.decode()) + mask.end());
        if (rest !== '') onLine(rest);
        rest = '';
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.#streams.values()].map((s) => new Promise<void>((done) => s.end(() => done()))),
    );
    this.#streams.clear();
  }

  #stream(step: string): WriteStream {
    let stream = this.#streams.get(step);
    if (!stream) {
      stream = createWriteStream(this.path(step), { flags: 'a', mode: 0o600 });
      this.#streams.set(step, stream);
    }
    return stream;
  }
}
