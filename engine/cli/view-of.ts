import { createJsonView } from '../views/json.ts';
import { painter } from '../views/paint.ts';
import { createPlainView } from '../views/plain.ts';
import type { View } from '../views/view.ts';
import { type Host, isInteractive } from './host.ts';

/** NDJSON on stdout when asked for; else progress on stderr, as a screen where someone can sit before it. */
export const viewOf = async (
  host: Host,
  json: boolean,
  runbookDir: string,
): Promise<{ view: View; interactive: boolean }> => {
  if (json) {
    return { view: createJsonView((line) => void host.stdout.write(line)), interactive: false };
  }
  if (isInteractive(host)) {
    // listr2 and its renderers cost 40 ms that a log file need not pay.
    const { createTtyView } = await import('../views/tty.ts');
    const { stderr: stream, stdin: input, interrupt } = host;
    return { view: createTtyView({ stream, input, interrupt, runbookDir }), interactive: true };
  }
  const write = (text: string) => void host.stderr.write(text);
  return { view: createPlainView({ write, paint: painter(host.stderr), runbookDir }), interactive: false };
};
