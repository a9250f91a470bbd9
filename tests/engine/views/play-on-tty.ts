/** Child of tty.test.ts: plays a scripted run on the terminal it is started in. */

import { setImmediate as breathe } from 'node:timers/promises';
import type { Recorded } from '../../../engine/decide/events.ts';
import { apply, initialState } from '../../../engine/decide/fold.ts';
import { createTtyView } from '../../../engine/views/tty.ts';
import { masked } from '../../support/masked.ts';
import { early, goingBack, held, plan, play, success } from './scripted-run.ts';

const scripts = { success, goingBack, held, early };
const name = process.argv[2];
if (name !== 'success' && name !== 'goingBack' && name !== 'held' && name !== 'early')
  throw new Error(`no script ${name}`);

const recorded: Recorded[] = [];
play(scripts[name], (event) => void recorded.push(event));

const view = createTtyView({
  stream: process.stderr,
  input: process.stdin,
  interrupt: () => void process.kill(process.pid, 'SIGINT'),
});
const state = initialState();
let begun = false;
for (const event of recorded) {
  apply(state, event);
  if (!begun && state.clock) {
    begun = true;
    const info = {
      plan,
      runDir: '/r',
      journalPath: '/r/journal.jsonl',
      logDir: '/r/logs',
      interactive: true,
    };
    view.start(info, state, event.at);
  }
  view.event(event, state, event.at);
  if (event.type === 'act-started' && event.act === 'dump/do/0') {
    view.output('dump/do/0', masked('dumping table trades'));
    view.progress('dump/do/0', { done: 500_000, total: 1_000_000, unit: 'bytes' }, event.at);
    view.tick(state, event.at + 2000);
  }
  await breathe();
}
await view.close(state, state.lastAt);
process.stdout.write('result\n');
