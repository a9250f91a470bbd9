/** Child of lanes.test.ts: three lanes of three steps beside each other; one fails, and all is rolled back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createTtyView } from '../../../engine/views/tty.ts';
import { CoreRun } from '../../support/core-run.ts';
import { masked } from '../../support/masked.ts';
import { loopOf } from './lane-run.ts';

const run = new CoreRun(loopOf(5, ['lock', 'copy', 'switch'], { onFailure: 'rollback' }), {
  act: ({ act }) => (act === 'sections[s3]/switch/do/0' ? { effect: 'some', retryable: false } : 'done'),
});
const view = createTtyView({ stream: process.stderr, input: process.stdin, interrupt: () => {} });
const info = {
  plan: run.plan,
  runDir: '/r',
  journalPath: '/r/journal.jsonl',
  logDir: '/r/logs',
  interactive: true,
};
view.start(info, run.state, run.now);
let told = run.events.length;
while (!run.state.settled) {
  for (const decision of run.decide()) run.carryOut(decision);
  run.now += 1_000;
  for (const event of run.events.slice(told)) {
    view.event(event, run.state, run.now);
    if (event.type === 'act-started') view.output(event.act, masked(`a line of ${event.act}`));
  }
  told = run.events.length;
  // As long as the screen takes to show it.
  await sleep(150);
}
await view.close(run.state, run.now);
