/** Child of tty.test.ts: asks one question on the terminal and prints the answer. */
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
const answer = await view.ask(
  {
    kind: 'gate',
    step: 'go-no-go',
    round: 1,
    prompt: 'Open the doors?',
    approvers: [{ id: 'lead', name: 'Cutover lead' }],
    missing: 1,
    deadline: t0 + 90_000,
  },
  withdraw.signal,
);
await view.close(state, t0);
process.stdout.write(`answer ${JSON.stringify(answer)}\n`);
