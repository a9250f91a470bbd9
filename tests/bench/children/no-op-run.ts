/** A real run over a real journal, of steps that do nothing: `node no-op-run.js DIR COUNT` prints {ms, journal}. */
import { join } from 'node:path';
import * as z from 'zod';
import { planDigest } from '../../../engine/digest.ts';
import { createJournal } from '../../../engine/journal/journal.ts';
import { acquireLock } from '../../../engine/journal/lock.ts';
import { createRun } from '../../../engine/journal/run-dir.ts';
import { systemClock } from '../../../engine/run/clock.ts';
import { run } from '../../../engine/run/run.ts';
import { defineStep, withActs } from '../../../engine/step.ts';
import type { View } from '../../../engine/views/view.ts';
import { actStep, planAct, plan as planOf } from '../../support/plan-builder.ts';

const [root = '', count = '1'] = process.argv.slice(2);

const nothing = withActs(
  defineStep({
    type: 'nothing',
    summary: 'Does nothing',
    input: z.strictObject({}),
    output: z.strictObject({}),
    examples: [{ title: 'nothing', with: {} }],
    places: ['local'],
    evidence: 'target',
    onUnknown: 'rerun',
    effects: () => 'write',
    preview: () => 'nothing',
  }),
  async () => ({
    acts: {
      check: async () => [],
      run: async () => ({ done: true, output: {} }),
      probe: async () => ({ state: 'not-done' }),
    },
  }),
);

const silent: View = {
  start() {},
  event() {},
  output() {},
  progress() {},
  tick() {},
  ask: async () => null,
  note(text) {
    throw new Error(text);
  },
  close: async () => {},
};

const steps = Array.from({ length: Number(count) }, (_, i) =>
  actStep(`s${i}`, { act: planAct({ type: 'nothing', onUnknown: 'rerun' }) }),
);
const draft = planOf(steps);
const plan = { ...draft, digest: planDigest(draft) };
const now = systemClock.now();
const made = createRun(join(root, 'runs'), { plan, source: '', runbookPath: '/bench.yaml', now });
const lock = acquireLock(made.path, { pid: process.pid, host: 'bench', user: 'bench', startedAt: now });
const journal = createJournal(made.journal, undefined, lock.record);
const created = {
  runId: made.id,
  runbook: plan.name,
  planDigest: plan.digest,
  engine: 'bench',
  user: 'bench',
};
journal.append([{ type: 'run-created', ...created, environment: null, measuredUndoMs: {} }], now);

const startedAt = performance.now();
const { outcome } = await run({
  plan,
  registry: { steps: new Map([[nothing.type, nothing]]), targets: new Map() },
  journal,
  heads: lock.record,
  runDir: made.path,
  runbookDir: made.path,
  view: silent,
  clock: systemClock,
  interactive: false,
  who: { pid: process.pid, host: 'bench', user: 'bench' },
  secrets: new Map(),
  yesToGates: [],
  refused: ({ why }) => ({ why, remedy: null, text: why }),
  commands: [],
  interrupts: { on() {} },
});
const ms = performance.now() - startedAt;
journal.close();
lock.release();
if (outcome !== 'succeeded') throw new Error(`the run ended ${outcome}`);
process.stdout.write(JSON.stringify({ ms, journal: made.journal }));
