/**
 * The loop that carries out decisions: read commands, decide, act, journal, wait. All state is a fold over the
 * journal; only work in flight is kept here.
 */

import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { answer } from '../decide/answer.ts';
import { decide } from '../decide/decide.ts';
import type { Command, Decision } from '../decide/decisions.ts';
import { openGates } from '../decide/queries.ts';
import { type Errand, endsVetoes, isErrand, recordOf } from '../decide/record.ts';
import type { RunState } from '../decide/state.ts';
import { answeredBefore, type CommandAnswer } from '../journal/command-answer.ts';
import { layout } from '../journal/layout.ts';
import { ActCalls } from './act-calls.ts';
import { ActLogs } from './act-log.ts';
import { ActRunner } from './act-runner.ts';
import { ClockSteps } from './clock-steps.ts';
import { checkedCondition } from './condition.ts';
import { Connections } from './connections.ts';
import { criteriaOf } from './criteria.ts';
import { endTimers } from './end-timers.ts';
import { InFlight } from './in-flight.ts';
import { type Inbox, openInbox } from './inbox.ts';
import { interrupted } from './interrupted.ts';
import { Ledgers } from './ledgers.ts';
import { LockKeeper } from './lock-keeper.ts';
import { maskedCommand } from './masked-command.ts';
import { createMasking, type Masking } from './masking.ts';
import { Measurer } from './measurer.ts';
import { Notices } from './notices.ts';
import type { RunOptions, RunResult } from './options.ts';
import { Questions } from './questions.ts';
import { Recorder } from './recorder.ts';
import { refusedEvent, withCommandId } from './refused-event.ts';
import { resumed } from './resumed.ts';
import { saysYes, unattendedYes } from './says-yes.ts';
import { createScopes, type Scopes } from './scope.ts';
import { endOf, sessionOutcome } from './session-outcome.ts';
import { tidyUp } from './tidy-up.ts';

/** How often the view's clocks move and timers are looked at. */
const tickMs = 1_000;

export const run = async (options: RunOptions): Promise<RunResult> => new Session(options).run();

class Session {
  readonly #o: RunOptions;
  readonly #recorder: Recorder;
  readonly #clockSteps: ClockSteps;
  readonly #connections: Connections;
  readonly #masking: Masking;
  readonly #logs: ActLogs;
  readonly #runner: ActRunner;
  readonly #measurer: Measurer;
  readonly #scopes: Scopes;
  readonly #inFlight: InFlight;
  readonly #questions: Questions;
  readonly #lock: LockKeeper;
  readonly #notices: Notices;
  #inbox: Inbox | null = null;
  #wake = new AbortController();
  #interrupts = 0;
  /** The operator chose to leave the run held. */
  #leave = false;

  constructor(options: RunOptions) {
    this.#o = options;
    const { plan, registry, runDir, runbookDir, view, clock, journal } = options;
    const masking = createMasking(options.secrets);
    this.#masking = masking;
    this.#recorder = new Recorder(journal, clock, (event) => {
      view.event(event, this.state, clock.now());
      this.#notices.seen(event);
    });
    this.#clockSteps = new ClockSteps(clock, this.#recorder);
    this.#connections = new Connections({
      plan,
      registry,
      runbookDir,
      clock,
      reveal: masking.reveal,
      log: (line) => view.note(masking.text(line)),
    });
    this.#logs = new ActLogs(join(runDir, 'logs'));
    this.#scopes = createScopes(plan, registry, clock);
    const parts = {
      ...options,
      masking,
      recorder: this.#recorder,
      connections: this.#connections,
      logs: this.#logs,
      checkpointDir: layout(runDir).checkpoints,
      ledgers: new Ledgers(layout(runDir).ledgers, () => clock.now(), {
        recorder: this.#recorder,
        heads: options.heads ?? null,
      }),
      scopes: this.#scopes,
    };
    const wake = () => this.#wake.abort('woken');
    this.#lock = new LockKeeper({ ...parts, changed: wake });
    const calls = new ActCalls(parts);
    this.#runner = new ActRunner(parts, calls);
    this.#measurer = new Measurer(parts, calls);
    this.#inFlight = new InFlight(wake);
    this.#notices = new Notices(parts, options.tell, wake);
    this.#questions = new Questions(plan, view, wake);
  }

  get state(): RunState {
    return this.#recorder.state;
  }

  async run(): Promise<RunResult> {
    const { view, clock, plan, runDir, journal, interactive, interrupts } = this.#o;
    this.#notices.takeUp(journal.events);
    this.#startSession();
    interrupts.on((count) => this.#interrupt(count));
    const info = { plan, runDir, journalPath: journal.path, logDir: join(runDir, 'logs'), interactive };
    view.start(info, this.state, clock.now());
    // Not before: a session that could not be begun, on a full disk, has nothing that closes the watcher.
    this.#inbox = openInbox(runDir, () => this.#wake.abort('woken'));
    try {
      for (const command of this.#opening()) this.#take(command);
      while (!this.#over() || this.#heardAtTheEnd()) {
        this.#wake = new AbortController();
        this.#clockSteps.look();
        this.#hear();
        endTimers(this.#recorder, this.#o.clock.now());
        if (this.#step()) continue;
        // An act with nothing to prepare journals its intent in this turn, with the outcome before it: one fsync.
        await turn();
        if (this.#wake.signal.aborted) continue;
        this.#recorder.flush();
        if (this.#over()) continue;
        this.#questions.keep(this.state);
        await this.#sleep();
      }
      return await this.#endSession();
    } finally {
      this.#questions.close();
      this.#notices.close();
      this.#inbox?.close();
      // After a journal that failed nothing more is started; supervised work is left to the next session.
      this.#inFlight.interrupt('detach', () => true);
      await this.#inFlight.settled();
      await this.#lock.leave();
      await this.#connections.close();
      await view.close(this.state, clock.now());
    }
  }

  #startSession(): void {
    const { applied, clock, interactive, setClock, who } = this.#o;
    const session = (this.state.session?.n ?? 0) + 1;
    const booted = this.#clockSteps.booted();
    this.#recorder.add({ type: 'session-started', session, ...who, interactive, ...booted, ...applied });
    if (setClock) this.#recorder.add({ type: 'clock-set', ...setClock });
    if (!this.state.clock) this.#recorder.add({ type: 'clock-set', t0: clock.now(), skipWaits: false });
    this.#recorder.flush();
  }

  /** Commands of this invocation; without any, what `resume` alone means for the hold. */
  #opening(): readonly Command[] {
    const { commands, interactive, who } = this.#o;
    if (interactive || commands.some(({ command }) => command !== 'skip')) return commands;
    // A choice that arrived after the last engine ended is for this hold, and comes first.
    this.#hear();
    return [...commands, ...resumed(this.state, who.user, this.#now())];
  }

  /** An answer is never dated before its question. */
  #now(): number {
    return Math.max(this.#o.clock.now(), this.state.lastAt);
  }

  /** Nothing is left to do in this session. */
  #over(): boolean {
    if (this.#inFlight.failure) return true;
    if (this.#inFlight.size > 0) return false;
    if (this.state.settled || this.#interrupts > 0) return true;
    return this.state.hold !== null && (this.#leave || this.#questions.unanswerable(this.state));
  }

  /** Commands that arrive while the engine is ending are answered, and may require work. */
  #heardAtTheEnd(): boolean {
    return this.#inFlight.failure === null && this.#readInbox('now');
  }

  /** Commands: prompts, other terminals, --yes-to-gate. */
  #hear(): void {
    for (const answered of this.#questions.take()) {
      if (answered === 'stop') this.#leave = true;
      else this.#take({ ...answered, user: this.#o.who.user, at: this.#now() });
    }
    this.#readInbox('changed');
    const { plan, yesToGates, who } = this.#o;
    for (const gate of openGates(plan, this.state)) {
      if (saysYes(plan, this.state, yesToGates, gate)) this.#take(unattendedYes(gate, who.user, this.#now()));
    }
  }

  /** true: there was a command. One that was answered before a crash gets that answer again. */
  #readInbox(when: 'changed' | 'now'): boolean {
    const { view, journal } = this.#o;
    const received = this.#inbox?.take((problem) => view.note(this.#masking.text(problem)), when) ?? [];
    for (const { id, command, acknowledge } of received) {
      const answered = answeredBefore(journal.events, id) ?? this.#take(command, id);
      this.#recorder.flush();
      acknowledge(answered, maskedCommand(command, this.#o.plan, this.#masking));
    }
    return received.length > 0;
  }

  /** @param id of its file in the inbox; null: typed in this terminal, which shows the answer */
  #take(command: Command, id: string | null = null): CommandAnswer {
    const said = maskedCommand(command, this.#o.plan, this.#masking, (note) => this.#o.view.note(note));
    // A command from the future was dated by a clock that is ahead of the run's.
    const at = Math.min(said.at, this.#now());
    const answered = answer(this.#o.plan, this.state, { ...said, at });
    if ('events' in answered) {
      const seq = this.state.seq + 1;
      this.#recorder.add(...withCommandId(answered.events, id));
      return { taken: true, seq };
    }
    const { why, remedy, text } = this.#o.refused(answered.refused, this.state);
    if (id === null) this.#o.view.note(this.#masking.text(text));
    this.#recorder.add(refusedEvent(said, id, this.#masking.text(why)));
    return { refused: { why, remedy } };
  }

  /** Carries out what is not yet under way; true: the state changed, decide again. */
  #step(): boolean {
    if (this.#inFlight.failure || (this.#interrupts > 0 && this.#inFlight.size === 0)) return false;
    this.#lock.look();
    const before = this.state.seq;
    const decisions = decide(this.#o.plan, this.state, this.#o.clock.now());
    const fresh = decisions.filter((d) => !this.#inFlight.has(d.id));
    // The inbox is read again before a decision that can still be refused: the file watcher may be slow.
    if (fresh.some((d) => endsVetoes(this.#o.plan, d)) && this.#readInbox('now')) return true;
    for (const decision of fresh) this.#carryOut(decision);
    // A rollback does not wait for a running measurement.
    this.#inFlight.keepReads((id) => !id.startsWith('measure:') || decisions.some((d) => d.id === id));
    return this.state.seq !== before;
  }

  #carryOut(d: Decision): void {
    if (!isErrand(d)) this.#recorder.add(...recordOf(d));
    else if (d.do === 'pause-act') this.#inFlight.pause(d.act);
    else if (d.do === 'open-gate') {
      const criteria = criteriaOf(this.#o.plan, this.#scopes, this.state, d.step, this.#masking);
      this.#recorder.add({ type: 'gate-opened', step: d.step, round: d.round, unmet: d.unmet, criteria });
    } else if (d.do === 'check-condition') {
      const { plan } = this.#o;
      this.#recorder.add(checkedCondition(plan, this.#scopes, this.state, d.step, this.#masking));
    } else this.#launch(d);
  }

  #launch(d: Exclude<Errand, { do: 'open-gate' | 'pause-act' | 'check-condition' }>): void {
    if (this.#interrupts > 0 && d.do !== 'stop-act') return;
    const running = d.do === 'stop-act' ? this.#inFlight.actOf(d.act) : undefined;
    if (running) {
      running.abort('stop');
      return;
    }
    const control = new AbortController();
    const work = () => {
      switch (d.do) {
        case 'take-lock':
        case 'give-back-lock':
          return this.#lock.run(d, control);
        case 'probe':
          return this.#runner.probe(d.act, d.attempt, control);
        case 'stop-act':
          return this.#runner.end(d.act, d.attempt, control);
        case 'measure':
          return this.#measurer.measure(d.step, d.n, control, () => this.#wanted(d));
        case 'act':
          return this.#runner.run(d, control, () => !control.signal.aborted && this.#wanted(d));
      }
    };
    this.#inFlight.add(d.id, 'act' in d ? d.act : null, control, work);
  }

  /** An act in preparation must not start after the core has decided otherwise. */
  #wanted(d: Decision): boolean {
    if (this.#interrupts > 0 && d.do === 'act') return false;
    return decide(this.#o.plan, this.state, this.#o.clock.now()).some((now) => now.id === d.id);
  }

  #interrupt(count: number): void {
    this.#interrupts = count;
    const { clock, view } = this.#o;
    const work = { inFlight: this.#inFlight, runner: this.#runner };
    interrupted({ ...work, clock, note: (text) => view.note(text), count: () => this.#interrupts });
    this.#wake.abort('woken');
  }

  async #sleep(): Promise<void> {
    const { clock, view } = this.#o;
    const now = clock.now();
    const pending = Object.values(this.state.timers).filter((t) => !t.ended);
    const soonest = Math.min(tickMs, ...pending.map((t) => t.until - now));
    await clock.sleep(Math.max(0, soonest), this.#wake.signal);
    view.tick(this.state, clock.now());
  }

  async #endSession(): Promise<RunResult> {
    if (this.#inFlight.failure) throw this.#inFlight.failure.error;
    await this.#notices.drain(this.#interrupts > 0);
    const outcome = sessionOutcome(this.state);
    const session = this.state.session?.n ?? 0;
    this.#recorder.add({ type: 'session-ended', session, reason: endOf[outcome] });
    this.#recorder.flush();
    await tidyUp(this.state, this.#connections, this.#masking, (note) => this.#o.view.note(note));
    return { outcome, state: this.state };
  }
}
