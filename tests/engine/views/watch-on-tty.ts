/** Child of tty.test.ts: a watch goes on beside a step that is done before it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Event } from '../../../engine/decide/events.ts';
import { apply, initialState } from '../../../engine/decide/fold.ts';
import { createTtyView } from '../../../engine/views/tty.ts';
import { actStep, plan as made, watchStep } from '../../support/plan-builder.ts';

const t0 = Date.UTC(2026, 10, 22, 22, 0, 0);
const minute = 60_000;
const plan = made([
  watchStep('watch', { name: 'Watch the logins', atMs: 0, untilMs: 40 * minute }),
  actStep('tell', { name: 'Tell the team', atMs: 5 * minute }),
]);
const session = { session: 1, pid: 4711, host: 'laptop', user: 'ops', interactive: true };
const script: readonly (readonly [atMs: number, event: Event])[] = [
  [0, { type: 'session-started', ...session }],
  [0, { type: 'clock-set', t0, skipWaits: false }],
  [0, { type: 'step-started', step: 'watch', plannedAt: t0 }],
  [1000, { type: 'watch-measured', step: 'watch', n: 1, verdict: 'success' }],
  [5 * minute, { type: 'step-started', step: 'tell', plannedAt: t0 + 5 * minute }],
  [6 * minute, { type: 'step-settled', step: 'tell', state: 'succeeded' }],
  [40 * minute, { type: 'step-settled', step: 'watch', state: 'succeeded' }],
  [40 * minute, { type: 'run-settled', result: 'succeeded' }],
];

const view = createTtyView({ stream: process.stderr, input: process.stdin, interrupt: () => {} });
const state = initialState();
const info = { plan, runDir: '/r', journalPath: '/r/journal.jsonl', logDir: '/r/logs', interactive: true };
view.start(info, state, t0);
for (const [i, [atMs, event]] of script.entries()) {
  const recorded = { ...event, seq: i + 1, at: t0 + atMs };
  apply(state, recorded);
  view.event(recorded, state, recorded.at);
  // As long as the screen takes to show it.
  await sleep(150);
}
await view.close(state, state.lastAt);
