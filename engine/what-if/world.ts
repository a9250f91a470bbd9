/** The made-up world: it answers what the core decides, as planned but for the faults of its script. */

import { plannedAct } from '../decide/act-of.ts';
import { answer } from '../decide/answer.ts';
import { decide } from '../decide/decide.ts';
import type { Decision, MaskedCommand } from '../decide/decisions.ts';
import type { ActKey } from '../decide/events.ts';
import { attemptId } from '../decide/keys.ts';
import { granted } from '../decide/lock.ts';
import { openGates, openItems } from '../decide/queries.ts';
import { isErrand, recordOf } from '../decide/record.ts';
import { ends, type Outcome, outcomeOf, paused, probedAs, stopped } from './act-outcome.ts';
import { conditionAnswer } from './condition.ts';
import { type Due, firstDue, firstTimer } from './due.ts';
import { decideMs, lostMs, resumeMs, startMs } from './durations.ts';
import type { Happened } from './facts.ts';
import {
  conditionPoint,
  type Fault,
  faultWords,
  gatePoint,
  itemPoint,
  partText,
  watchPoint,
} from './faults.ts';
import { createdOf, person, sayAtGate, sayOfItem, sessionOf } from './people.ts';
import { type Choice, type Shared, Story, t0 } from './story.ts';

type Of<D extends Decision['do']> = Extract<Decision, { do: D }>;

/** More events of a step than any run has: a core that never comes to an end would be a bug. */
const mostEvents = 2_000;

export class World extends Story {
  /** Asked right before the world meets a point at which a fault may strike, for the first time. */
  onPoint: (point: string) => void = () => {};
  #queue: readonly Due[] = [];
  #down = false;
  /** Nobody will ever answer. */
  #deserted = false;
  /** Faults that struck, and those among them that are over. */
  #struck: ReadonlySet<Fault> = new Set();
  #spent: ReadonlySet<Fault> = new Set();
  readonly #happened: Map<string, Happened>;
  readonly #paused: Set<string>;

  private constructor(shared: Shared, faults: readonly Fault[], from: World | null) {
    super(shared, faults, from);
    this.#happened = new Map(from ? from.#happened : []);
    this.#paused = new Set(from ? from.#paused : []);
    if (from) {
      this.#queue = from.#queue;
      this.#down = from.#down;
      this.#struck = from.#struck;
      this.#spent = from.#spent;
      return;
    }
    const { plan } = shared;
    this.now = t0 + startMs(plan);
    this.add(createdOf(plan));
    this.#session();
    this.add({ type: 'clock-set', t0, skipWaits: false });
    this.prove(false);
  }

  static begin(shared: Shared, faults: readonly Fault[]): World {
    return new World(shared, faults, null);
  }

  /** As it is now, to go on with these faults: none of them may have had its chance to strike. */
  fork(faults: readonly Fault[] = this.faults): World {
    return new World(this.shared, faults, this);
  }

  /** Faults of the script that have struck. */
  get struck(): ReadonlySet<Fault> {
    return this.#struck;
  }

  /** What a person who looks at the world would find of the act that the run is held at. */
  heldActWasDone(): boolean {
    const act = this.state.hold?.act;
    const last = act ? this.state.acts[act]?.attempts.at(-1) : undefined;
    return !!act && !!last && this.#happened.get(attemptId(act, last.n)) === 'done';
  }

  /** Goes on until a person has to choose, or until nothing happens any more. */
  go(): 'asked' | 'ended' {
    const most = (Object.keys(this.shared.plan.steps).length + 10) * mostEvents;
    while (this.events.length < most) {
      if (this.state.settled) return this.#end();
      if (this.#asks()) return 'asked';
      if (!this.#down && !this.#deserted && this.#carryOutFresh()) continue;
      if (!this.#next()) return this.#end();
    }
    throw new Error(`no end after ${most} events: ${JSON.stringify(this.state.hold)}`);
  }

  /** Answers the open question. */
  choose(choice: Choice): void {
    const question = this.questions.at(-1);
    if (question) question.choice = choice;
    if (choice === 'nobody') {
      this.note('person', 'nobody answers');
      this.#deserted = true;
      this.#queue = this.#queue.filter(({ kind }) => kind === 'finish');
      return;
    }
    if (choice === 'stop') throw new Error('stop is not a choice that goes on');
    this.#say({ command: 'resolve', choice, step: null, ...person, at: this.now + decideMs });
  }

  #end(): 'ended' {
    if (!this.state.settled && !this.#deserted) this.#checkStalled();
    this.prove(true);
    this.checkHardStop();
    return 'ended';
  }

  /** Only people may keep a run from going on. */
  #checkStalled(): void {
    const { plan } = this.shared;
    if (openGates(plan, this.state).length === 0 && openItems(plan, this.state).length === 0)
      throw new Error(`the run stands still: ${JSON.stringify(this.state.steps)}`);
    this.leaveOpen();
  }

  #asks(): boolean {
    const { hold } = this.state;
    if (!hold || this.#deserted) return false;
    const asked = this.#queue.some((due) => due.kind === 'say' && due.command.command === 'resolve');
    if (asked) return false;
    const { cause, step, message, choices } = hold;
    this.questions.push({ cause, step, message, offered: choices, choice: null });
    return true;
  }

  #carryOutFresh(): boolean {
    const running = new Set(this.#queue.map((due) => (due.kind === 'finish' ? due.act.id : '')));
    // One at a time: what it leads to may make the next one unwanted.
    const fresh = decide(this.shared.plan, this.state, this.now).find(
      (d) => !running.has(d.id) && !this.#paused.has(d.id),
    );
    if (fresh) this.#carryOut(fresh);
    return fresh !== undefined;
  }

  /** false: nothing is due any more. */
  #next(): boolean {
    const due = firstDue(this.#queue);
    const timer = this.#deserted || this.#down ? null : firstTimer(this.state);
    if (timer && (!due || timer.until < due.at)) {
      this.now = Math.max(this.now, timer.until);
      this.add({ type: 'timer-ended', timer: timer.id });
      return true;
    }
    if (!due) return false;
    this.#queue = this.#queue.filter((each) => each !== due);
    this.now = Math.max(this.now, due.at);
    if (due.kind === 'finish') this.#finish(due.act, due.outcome);
    else if (due.kind === 'session') this.#resume();
    else this.#answer(due.command);
    return true;
  }

  /** The fault that strikes here and now; null: none. */
  #strike(point: string): Fault | null {
    this.onPoint(point);
    const found = this.faults.find((fault) => fault.at === point && !this.#spent.has(fault));
    if (!found) return null;
    if (!this.#struck.has(found)) {
      const { step, part, kind } = found;
      this.note('fault', `${step}${part === null ? '' : `, ${partText(part)}`}: ${faultWords[kind]}`);
      this.#struck = new Set([...this.#struck, found]);
    }
    return found;
  }

  #spend(faults: Iterable<Fault>): void {
    this.#spent = new Set([...this.#spent, ...faults]);
  }

  #carryOut(d: Decision): void {
    if (!isErrand(d)) {
      if (d.do === 'open-checklist') for (const item of d.asks) this.onPoint(itemPoint(d.step, item));
      this.add(...recordOf(d));
      if (d.do === 'open-checklist') this.#answerItems();
    } else if (d.do === 'open-gate') this.#openGate(d);
    else if (d.do === 'check-condition')
      this.add(conditionAnswer(d.step, this.#strike(conditionPoint(d.step))?.kind ?? null));
    else if (d.do === 'act') this.#act(d);
    else if (d.do === 'measure') this.#measure(d);
    else if (d.do === 'probe') this.#probe(d);
    else if (d.do === 'pause-act') this.#pause(d);
    else if (d.do === 'stop-act') this.#stop(d.act, d.attempt);
    else this.add(granted(d));
  }

  #act(d: Of<'act'>): void {
    const fault = this.#strike(d.act);
    if (fault?.kind === 'crash-before' || fault?.kind === 'lost-hour') {
      this.#spend([fault]);
      this.#crash(fault.kind === 'lost-hour' ? lostMs : resumeMs);
      return;
    }
    if (d.crossesLine) this.add({ type: 'line-crossed', act: d.act });
    this.add({ type: 'act-started', act: d.act, attempt: d.attempt, input: {}, digest: '', before: null });
    const outcome = outcomeOf(this.shared.plan, d.act, fault?.kind ?? null);
    if (outcome.ms === 0) this.#finish(d, outcome);
    else this.#queue = [...this.#queue, { kind: 'finish', at: this.now + outcome.ms, act: d, outcome }];
  }

  #finish(d: Of<'act'>, outcome: Outcome): void {
    this.#happens(d.act, d.attempt, outcome.happened);
    if (outcome.result === 'crash') {
      this.#spend(this.faults.filter(({ at, kind }) => at === d.act && kind === 'crash-after'));
      this.#crash(resumeMs);
      return;
    }
    this.add(ends(d.act, d.attempt, outcome, plannedAct(this.shared.plan, d.act)?.effects ?? 'read'));
  }

  #happens(act: ActKey, attempt: number, how: Happened): void {
    this.#happened.set(attemptId(act, attempt), how);
    this.happens(act, how);
  }

  #probe({ act, attempt }: Of<'probe'>): void {
    const fault = this.faults.find((f) => f.at === act && this.#struck.has(f) && !this.#spent.has(f));
    this.add(
      probedAs(act, attempt, fault?.kind ?? null, this.#happened.get(attemptId(act, attempt)) ?? 'none'),
    );
  }

  #stop(act: ActKey, attempt: number): void {
    this.#cutShort(act, attempt);
    this.add(stopped(act, attempt));
  }

  /** Half of it has happened. false: it is not running. */
  #cutShort(act: ActKey, attempt: number): boolean {
    const running = this.#queue.find((due) => due.kind === 'finish' && due.act.act === act);
    this.#queue = this.#queue.filter((due) => due !== running);
    if (running) this.#happens(act, attempt, 'some');
    return running !== undefined;
  }

  #pause(d: Of<'pause-act'>): void {
    this.#paused.add(d.id);
    if (!this.#cutShort(d.act, d.attempt)) return;
    this.add(paused(d.act, d.attempt));
  }

  #measure({ step, n }: Of<'measure'>): void {
    const verdict = this.#strike(watchPoint(step)) ? 'failure' : 'success';
    this.add({ type: 'watch-measured', step, n, verdict });
  }

  #openGate(d: Of<'open-gate'>): void {
    const fault = this.#strike(gatePoint(d.step));
    const gate = this.shared.plan.steps[d.step];
    if (gate?.kind !== 'gate') return;
    const criteria = gate.criteria.map((expr) => ({ expr, holds: fault?.kind !== 'criterion' }));
    this.add({ type: 'gate-opened', step: d.step, round: d.round, unmet: d.unmet, criteria });
    if (fault?.kind === 'gate-lost-hour') {
      this.#spend([fault]);
      this.#crash(lostMs);
      return;
    }
    for (const said of sayAtGate(gate, fault?.kind ?? null, d.unmet, this.now)) this.#say(said);
  }

  #answerItems(): void {
    const waiting = new Set(
      this.#queue.map((due) =>
        due.kind === 'say' && due.command.command === 'check' ? due.command.item : '',
      ),
    );
    for (const { step, item } of openItems(this.shared.plan, this.state)) {
      if (waiting.has(item.id)) continue;
      const fault = this.#strike(itemPoint(step.id, item.id));
      for (const said of sayOfItem(step, item, fault?.kind ?? null, this.now)) this.#say(said);
    }
  }

  #say(command: MaskedCommand): void {
    this.#queue = [...this.#queue, { kind: 'say', at: command.at, command }];
  }

  #answer(command: MaskedCommand): void {
    if (command.command === 'resolve') {
      this.note('person', `a person chooses: ${command.choice}`);
      // Whoever tries again has fixed it.
      this.#spend(this.#struck);
    }
    const answered = answer(this.shared.plan, this.state, command);
    // What it was about is over: a gate that closed, a run that was held meanwhile.
    if ('events' in answered) this.add(...answered.events);
  }

  /** What ran goes on without the engine, and is done by the time it is asked after. */
  #crash(awayMs: number): void {
    for (const due of this.#queue)
      if (due.kind === 'finish') this.#happens(due.act.act, due.act.attempt, due.outcome.happened);
    this.#queue = [{ kind: 'session', at: this.now + awayMs }];
    this.#down = true;
  }

  #resume(): void {
    this.#down = false;
    this.note('engine', 'a new engine goes on with the run');
    this.#session();
    this.#answerItems();
  }

  #session(): void {
    this.add(sessionOf((this.state.session?.n ?? 0) + 1));
  }
}
