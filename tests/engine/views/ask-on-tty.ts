/** Child of tty.test.ts: asks one question on the terminal and prints the answer. `again`: withdraws it once first. */
import { initialState } from '../../../engine/decide/fold.ts';
import { createTtyView } from '../../../engine/views/tty.ts';
import { plan, t0 } from './scripted-run.ts';

const view = createTtyView({
  stream: process.stderr,
  input: process.stdin,
  interrupt: () => void process.kill(process.pid, 'SIGINT'),
});
process.on('SIGINT', () => {
  process.stdout.write('interrupted\n');
  withdraw.abort();
});
const withdraw = new AbortController();
const state = initialState();
view.start({ plan, runDir: '/r', journalPath: '/r/j', logDir: '/r/logs', interactive: true }, state, t0);
const ask = (missing: number, signal: AbortSignal) =>
  view.ask(
    {
      kind: 'gate',
      step: 'go-no-go',
      round: 1,
      prompt: 'Go live?',
      approvers: [{ id: 'lead', name: 'Cutover lead' }],
      missing,
      deadline: t0 + 90_000,
    },
    signal,
  );
if (process.argv[2] === 'again') {
  const elsewhere = new AbortController();
  void ask(2, elsewhere.signal);
  elsewhere.abort();
}
const asked = ask(1, withdraw.signal);
// The clock goes on while nobody types.
setImmediate(() => view.tick(state, t0 + 30_000));
const answer = await asked;
await view.close(state, t0);
process.stdout.write(`answer ${JSON.stringify(answer)}\n`);
