/** The output of a step: masked, appended to its log file, handed to the view line by line. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ActKey } from '../decide/events.ts';
import { parseActKey } from '../decide/keys.ts';
import { asMasked, type Masked } from '../decide/masked.ts';
import { idFileName } from '../file-name.ts';
import { reasonOf } from '../journal/system-error.ts';
import type { ActContext } from '../step.ts';
import { escaped } from '../text.ts';
import { LogFile } from './log-file.ts';
import type { MaskedStream } from './masking.ts';

export interface ActLog {
  write: ActContext['log'];
  end(): void;
}

/** A line longer than this is shown in pieces; the file has it whole. */
const longestShown = 4096;

export class ActLogs {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  }

  path(step: string): string {
    return join(this.#dir, `${idFileName(step)}.log`);
  }

  open(
    act: ActKey,
    attempt: number,
    at: number,
    mask: () => MaskedStream,
    onLine: (line: Masked) => void,
  ): ActLog {
    const file = new LogFile(this.path(parseActKey(act).step));
    // One a stream: what the other says in between must not part the halves of a secret, or of a character.
    const open = () => ({ text: new TextDecoder(), mask: mask() });
    const streams: { [name in 'stdout' | 'stderr' | 'note']?: ReturnType<typeof open> } = {};
    let headed = false;
    let lost = false;
    let rest = '';
    /** `line`: a part of what was masked as a whole. */
    const show = (line: string) => {
      for (let at = 0; at === 0 || at < line.length; at += longestShown)
        onLine(asMasked(line.slice(at, at + longestShown)));
    };
    const say = (line: string) => {
      const own = mask();
      onLine(asMasked(own.write(line) + own.end()));
    };
    const keep = (masked: string) => {
      try {
        if (!headed) file.write(`--- ${act}#${attempt} ${new Date(at).toISOString()}\n`);
        headed = true;
        file.write(escaped(masked));
      } catch (error) {
        // The journal is the record; an act is not stopped half-way because its log is lost.
        if (!lost) say(`[the log of this step cannot be written: ${reasonOf(error)}]`);
        lost = true;
      }
    };
    const emit = (masked: string) => {
      if (masked === '') return;
      keep(masked);
      const lines = (rest + masked).split(/\r\n|\n|\r/);
      rest = lines.pop() ?? '';
      for (const line of lines) show(line);
      for (; rest.length > longestShown; rest = rest.slice(longestShown)) show(rest.slice(0, longestShown));
    };
    return {
      write: (chunk, stream = 'stdout', shown = true) => {
        streams[stream] ??= open();
        const { text, mask } = streams[stream];
        const masked = mask.write(typeof chunk === 'string' ? chunk : text.decode(chunk, { stream: true }));
        if (shown) emit(masked);
      },
      end: () => {
        for (const { text, mask } of Object.values(streams)) emit(mask.write(text.decode()) + mask.end());
        if (rest !== '') show(rest);
        rest = '';
        file.close();
      },
    };
  }
}
