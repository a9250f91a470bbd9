/** What `resume` does first, in a process of its own: `node read-long-journal.js PATH STEPS` prints {ms, peak}. */
import { decide } from '../../../engine/decide/decide.ts';
import { openJournal } from '../../../engine/journal/journal.ts';
import { replay } from '../../../engine/journal/replay.ts';
import { longPlan } from '../long-run.ts';
import { peakMemory } from '../peak-memory.ts';

const [path = '', steps = '1'] = process.argv.slice(2);
const plan = longPlan(Number(steps));

const startedAt = performance.now();
const { journal } = openJournal(path);
const state = replay(path, journal.events);
const decisions = decide(plan, state, 0);
const ms = performance.now() - startedAt;

const last = decisions[0];
if (last?.do !== 'start-step' || last.step !== `step-${steps}`) {
  throw new Error(`the night should go on with its last step, not with ${JSON.stringify(decisions)}`);
}
process.stdout.write(JSON.stringify({ ms, peak: peakMemory() }));
