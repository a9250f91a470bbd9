/** What happens to a command whose own output cannot be written: a full disk, a file that may not grow. */
// Not by name: an older Node lacks some of them, and would end with a SyntaxError before the version check.
import timers from 'node:timers/promises';
import util from 'node:util';

/** They execute acts that the journal records: their exit code is the run's. */
const acting: readonly (string | undefined)[] = ['exec', 'resume', 'rollback', 'approve', 'check'];

/**
 * EPIPE: a reader that goes away (`runbook status | head -1`) is no failure, and its run must go on. EIO: the
 * terminal is gone; its SIGHUP asks to detach, which takes longer than the next line takes to be written.
 */
const readerGone: readonly (string | undefined)[] = ['EPIPE', 'EIO'];

type Streams = Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr'>;

export interface Output {
  /** Once everything is written: 1 instead of 0 where the result of the command is lost. */
  exitCode<C extends number>(code: C): Promise<C | 1>;
}

/** Reports a stream that cannot be written once, on the other one. */
export const watchOutput = (streams: Streams, argv: readonly string[]): Output => {
  const acts = acting.includes(argv[0]) && !argv.includes('--dry-run');
  const lost = new Set<'stdout' | 'stderr'>();
  const tell = (name: 'stdout' | 'stderr', why: string): void => {
    const other = name === 'stdout' ? 'stderr' : 'stdout';
    if (lost.has(other)) return;
    const meaning = acts
      ? 'the command continues, and the journal is complete'
      : 'the output is not complete';
    const text = `${name} cannot be written: ${why}; ${meaning}`;
    const json = other === 'stdout' && argv.includes('--json');
    streams[other].write(`${json ? JSON.stringify({ type: 'note', text }) : `runbook: ${text}`}\n`);
  };
  const onError = (name: 'stdout' | 'stderr') => (error: NodeJS.ErrnoException) => {
    if (readerGone.includes(error.code) || error.code?.startsWith('ERR_STREAM_')) return;
    if (typeof error.errno !== 'number') throw error;
    if (lost.has(name)) return;
    lost.add(name);
    tell(name, `${util.getSystemErrorMessage(error.errno)} (${error.code})`);
  };
  streams.stdout.on('error', onError('stdout'));
  streams.stderr.on('error', onError('stderr'));
  streams.stdin.on('error', (error: NodeJS.ErrnoException) => {
    if (!readerGone.includes(error.code)) throw error;
  });
  return {
    async exitCode(code) {
      // An error of the last line comes with the next turn.
      await timers.setImmediate();
      return code === 0 && lost.has('stdout') && !acts ? 1 : code;
    },
  };
};
