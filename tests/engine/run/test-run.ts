/** A real run loop over a real journal in a temporary folder; the world, the clock and the operator are the test's. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Command } from '../../../engine/decide/decisions.ts';
import type { ActKey, Recorded } from '../../../engine/decide/events.ts';
import { planDigest } from '../../../engine/digest.ts';
import { createJournal, type Journal, openJournal } from '../../../engine/journal/journal.ts';
import type { OpenJournalFile } from '../../../engine/journal/journal-file.ts';
import { createRun } from '../../../engine/journal/run-dir.ts';
import type { Plan } from '../../../engine/plan.ts';
import { systemClock } from '../../../engine/run/clock.ts';
import type { RunOptions, RunResult } from '../../../engine/run/options.ts';
import { run } from '../../../engine/run/run.ts';
import type { Answer, Question, View } from '../../../engine/views/view.ts';
import { type FakeWorld, fakeRegistry } from './fake-steps.ts';

const who = { pid: 1, host: 'h', user: 'u' };

/** Hears everything; answers questions if the test says how. */
export class Listener implements View {
  readonly events: Recorded[] = [];
  readonly lines: string[] = [];
  readonly notes: string[] = [];
  readonly asked: Question[] = [];
  answer: (question: Question) => Answer | null = () => null;
  start(): void {}
  event(event: Recorded): void {
    this.events.push(event);
  }
  output(act: ActKey, line: string): void {
    this.lines.push(`${act} ${line}`);
  }
  progress: View['progress'] = () => {};
  tick(): void {}
  async ask(question: Question): Promise<Answer | null> {
    this.asked.push(question);
    return this.answer(question);
  }
  note(text: string): void {
    this.notes.push(text);
  }
  async close(): Promise<void> {}
}

export class TestRun {
  readonly plan: Plan;
  readonly world: FakeWorld;
  readonly view = new Listener();
  readonly dir: string;
  readonly #journalPath: string;
  interrupt: (count: number) => void = () => {};

  constructor(plan: Plan, world: FakeWorld) {
    this.plan = { ...plan, digest: planDigest(plan) };
    this.world = world;
    const root = mkdtempSync(join(tmpdir(), 'runbook-night-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    const made = createRun(join(root, 'runs'), {
      plan: this.plan,
      source: '',
      runbookPath: '/r.yaml',
      now: Date.now(),
    });
    this.dir = made.path;
    this.#journalPath = made.journal;
    const journal = createJournal(made.journal);
    const { name: runbook, digest } = this.plan;
    const created = {
      runId: 'r1',
      runbook,
      planDigest: digest,
      environment: null,
      engine: 'test',
      user: 'u',
    };
    journal.append([{ type: 'run-created', ...created, measuredUndoMs: {} }], Date.now());
    journal.close();
  }

  /** One session, first or resumed. */
  async session(over: Partial<RunOptions> = {}, open?: OpenJournalFile): Promise<RunResult> {
    const { journal } = openJournal(this.#journalPath, open);
    try {
      return await run({
        plan: this.plan,
        registry: fakeRegistry(this.world),
        journal,
        runDir: this.dir,
        runbookDir: this.dir,
        view: this.view,
        clock: systemClock,
        interactive: false,
        who,
        secrets: new Map(),
        yesToGates: [],
        refused: ({ why }) => ({ why, remedy: null, text: `refused: ${why}` }),
        commands: [],
        interrupts: {
          on: (listener) => {
            this.interrupt = listener;
          },
        },
        ...over,
      });
    } finally {
      journal.close();
    }
  }

  journal(): Journal['events'] {
    const { journal } = openJournal(this.#journalPath);
    journal.close();
    return journal.events;
  }

  resolve(choice: Extract<Command, { command: 'resolve' }>['choice']): Command {
    return { command: 'resolve', choice, step: null, user: 'u', reason: 'test', at: Date.now() };
  }
}
