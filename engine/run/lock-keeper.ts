/**
 * The lock of a run while its engine lives: taken and given back as the core decides, and kept alive in between. One
 * that could not be kept alive is lost well before another run may take it over, so that never two of them act.
 */
import { holdsLock, type LockErrand } from '../decide/lock.ts';
import { type Masked, ofPlan, say } from '../decide/masked.ts';
import type { Plan } from '../plan.ts';
import type { Connections } from './connections.ts';
import { foreignText, thrownFailure } from './failure.ts';
import { giveBackLock, lockAt, takeLock } from './lock-at-place.ts';
import { holderOf, type LockEntry, type Standing } from './lock-entry.ts';
import type { Masking } from './masking.ts';
import type { Clock } from './options.ts';
import type { Recorder } from './recorder.ts';
import { untilAborted } from './time-limit.ts';

/** Of one call of the place, connecting included. */
const callMs = 60_000;
/** Signs of life per ttl. */
const beats = 3;

export interface LockParts {
  readonly plan: Plan;
  readonly recorder: Recorder;
  readonly connections: Connections;
  readonly clock: Clock;
  readonly masking: Masking;
  readonly who: { readonly user: string; readonly host: string };
  /** Given by whoever started this session. */
  readonly lockReason?: string | undefined;
  /** Something was recorded. */
  readonly changed: () => void;
  readonly view: { note(text: Masked): void };
}

export const unlockRemedy =
  'Wait until that run has ended, or end it with `runbook resume` or `runbook rollback` on its host. If that is impossible: `runbook unlock`';

export class LockKeeper {
  readonly #p: LockParts;
  /** Ends the signs of life of one token. */
  #alive: AbortController | null = null;
  /** Shortens the pause before the next one. */
  #soon = new AbortController();
  #beatAt = 0;
  #kept = false;
  #told = false;

  constructor(parts: LockParts) {
    this.#p = parts;
  }

  async run(d: LockErrand, control: AbortController): Promise<void> {
    if (d.do === 'take-lock') await this.#take(d, control);
    else await this.#giveBack(d, control);
  }

  /** Before anything is decided: whether the lock is still surely this run's, and who has to be told what. */
  look(): void {
    const { recorder, clock } = this.#p;
    const { state } = recorder;
    const { lock, hold } = state;
    if (!this.#alive || !lock || !holdsLock(state)) return;
    if ((hold !== null) !== this.#kept) this.#soon.abort('soon');
    if (this.#kept || clock.now() - this.#beatAt < (lock.ttlMs * (beats - 1)) / beats) return;
    this.#lost(say`no sign of life could be written for so long that another run may soon take it over`);
  }

  /** At the end of a session: a run that is not settled keeps its lock without any engine. */
  async leave(): Promise<void> {
    const { state } = this.#p.recorder;
    const holds = holdsLock(state) && !state.settled;
    this.#stop();
    if (holds && !this.#kept) await this.#beat(true).catch(() => undefined);
  }

  async #take(d: Extract<LockErrand, { do: 'take-lock' }>, control: AbortController): Promise<void> {
    const { recorder, masking, changed } = this.#p;
    const head = { lock: d.lock, place: d.place };
    this.#stop();
    const begun = this.#p.clock.now();
    try {
      const found = await this.#call(d.place, d.lock, control, (lock) =>
        takeLock(lock, this.#entry(d.ttlMs)),
      );
      if (found.taken) {
        const from = found.from && { from: holderOf(found.from, masking) };
        recorder.add({ type: 'lock-taken', ...head, token: found.token, ttlMs: d.ttlMs, ...from });
        this.#keepAlive(begun, d.ttlMs);
      } else recorder.add({ type: 'lock-refused', ...head, ...this.#refusal(found.standing) });
    } catch (error) {
      if (control.signal.aborted && control.signal.reason !== 'timeout') return;
      const { short, remedy } = thrownFailure(error, masking);
      recorder.add({
        type: 'lock-refused',
        ...head,
        why: say`its place cannot be asked (${short})`,
        ...(remedy && { remedy }),
      });
    } finally {
      changed();
    }
  }

  async #giveBack(
    { lock, place }: Extract<LockErrand, { do: 'give-back-lock' }>,
    control: AbortController,
  ): Promise<void> {
    const { recorder, masking } = this.#p;
    // All that the run has done is on disk before another one may start.
    recorder.flush();
    const ttlMs = recorder.state.lock?.ttlMs ?? 0;
    const left = await this.#call(place, lock, control, (at) => giveBackLock(at, this.#entry(ttlMs)))
      .then((result): Masked | null => {
        if (result === 'given-back') return null;
        return result === 'not-held' ? say`it was given back already` : this.#refusal(result).why;
      })
      .catch((error: unknown) => {
        if (control.signal.aborted && control.signal.reason !== 'timeout') throw error;
        return thrownFailure(error, masking).short;
      });
    this.#stop();
    recorder.add({ type: 'lock-given-back', lock, place, ...(left !== null && { left }) });
  }

  #refusal(standing: Standing) {
    if (standing.is !== 'held' && standing.is !== 'stale')
      return { why: say`its entry there cannot be read`, remedy: say`Look at it, then use runbook unlock` };
    const holder = holderOf(standing.by, this.#p.masking);
    const { run, runbook, user, host, reason } = holder;
    const because = reason === undefined ? say`` : say`: ${reason}`;
    return {
      why: say`it is held by run ${run} of ${runbook}, by ${user}@${host}${because}`,
      remedy: say`${ofPlan(unlockRemedy)}`,
      holder,
    };
  }

  #entry(ttlMs: number): LockEntry {
    const { plan, recorder, who, lockReason, clock } = this.#p;
    const { state } = recorder;
    return {
      run: state.runId,
      runbook: plan.name,
      ...(state.environment !== null && { environment: state.environment }),
      user: who.user,
      host: who.host,
      ...(lockReason !== undefined && { reason: this.#p.masking.text(lockReason) }),
      since: clock.now(),
      ttlMs,
    };
  }

  #keepAlive(begun: number, ttlMs: number): void {
    const alive = new AbortController();
    this.#alive = alive;
    this.#beatAt = begun;
    this.#kept = false;
    this.#told = false;
    void this.#beats(alive, ttlMs);
  }

  async #beats(alive: AbortController, ttlMs: number): Promise<void> {
    let pause = ttlMs / beats;
    while (!alive.signal.aborted) {
      this.#soon = new AbortController();
      await this.#p.clock.sleep(pause, AbortSignal.any([alive.signal, this.#soon.signal]));
      if (alive.signal.aborted) return;
      const kept = this.#p.recorder.state.hold !== null;
      try {
        const ours = await this.#beat(kept);
        if (alive.signal.aborted) return;
        if (!ours) return this.#lost(say`its place has another entry by now, or none`);
        pause = ttlMs / beats;
        this.#told = false;
      } catch (error) {
        if (alive.signal.aborted) return;
        pause = ttlMs / beats / 4;
        this.#outage(error);
      }
    }
  }

  /** false: it is not this session's any more. */
  async #beat(kept: boolean): Promise<boolean> {
    const { lock } = this.#p.recorder.state;
    if (lock === null || lock.token === null) return false;
    const { token, name, runOn } = lock;
    const begun = this.#p.clock.now();
    const ours = await this.#call(runOn, name, new AbortController(), (at) => at.beat(token, kept));
    if (!ours) return false;
    this.#beatAt = begun;
    this.#kept = kept;
    return true;
  }

  /** Told once: it is tried again, and lost only when the time is up. */
  #outage(error: unknown): void {
    if (this.#told) return;
    this.#told = true;
    const { view, masking, recorder } = this.#p;
    const name = recorder.state.lock?.name ?? '';
    view.note(
      say`No sign of life could be written for lock ${ofPlan(name)}: ${foreignText(error, masking)}. It is tried again`,
    );
  }

  #lost(why: Masked): void {
    const { recorder, changed } = this.#p;
    const lock = recorder.state.lock?.name ?? '';
    this.#stop();
    recorder.add({ type: 'lock-lost', lock, why });
    changed();
  }

  #stop(): void {
    this.#alive?.abort('over');
    this.#alive = null;
  }

  async #call<T>(
    place: string,
    name: string,
    control: AbortController,
    call: (lock: Awaited<ReturnType<typeof lockAt>>) => Promise<T>,
  ): Promise<T> {
    const { clock, connections } = this.#p;
    return untilAborted(clock, { timeoutMs: callMs, killGraceMs: 0 }, control, async () =>
      call(await lockAt(connections, place, name)),
    );
  }
}
