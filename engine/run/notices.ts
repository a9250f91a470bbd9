/**
 * Tells people of the run, beside it: the run never waits for a message, and never fails by one. A message is journaled
 * once it was taken or given up, so one that was on its way when the engine died is sent again, under the same id.
 */

import type { Recorded } from '../decide/events.ts';
import { say } from '../decide/masked.ts';
import { type Notice, noticeKey, noticesOf, pendingNotices } from '../decide/notices.ts';
import type { Channel } from '../tell.ts';
import type { View } from '../views/view.ts';
import type { Clock } from './options.ts';
import { poll } from './polling.ts';
import type { Recorder } from './recorder.ts';
import type { Tell } from './tell.ts';
import { type TellSurroundings, tellContext } from './tell-context.ts';

export interface NoticesParts extends TellSurroundings {
  readonly clock: Clock;
  readonly recorder: Pick<Recorder, 'state' | 'add' | 'flush'>;
  readonly view: Pick<View, 'note'>;
}

/** For the last messages, when nothing else is left to do; shorter for whoever wants to leave. */
const lastWordsMs = { usual: 10_000, interrupted: 2_000 };

/** Four more tries over half a minute. */
const again = { limit: 4, intervalMs: 2_000, backoff: 2 };

interface Waiting extends Notice {
  readonly text: string;
}

class NotTaken extends Error {
  readonly passing: boolean;
  constructor(why: string, passing: boolean) {
    super(why);
    this.passing = passing;
  }
}

export class Notices {
  readonly #o: NoticesParts;
  readonly #tell: Tell | undefined;
  readonly #recorded: () => void;
  readonly #control = new AbortController();
  /** By place: its messages go out in their order. */
  readonly #chains = new Map<string, Promise<void>>();
  readonly #left = new Set<Waiting>();

  /** @param recorded called when a message was journaled, at any time */
  constructor(parts: NoticesParts, tell: Tell | undefined, recorded: () => void) {
    this.#o = parts;
    this.#tell = tell;
    this.#recorded = recorded;
  }

  /** What earlier sessions could not tell. */
  takeUp(events: readonly Recorded[]): void {
    for (const notice of pendingNotices(this.#o.plan, events)) this.#queue(notice);
  }

  /** After the event is durable. */
  seen(event: Recorded): void {
    for (const notice of noticesOf(this.#o.plan, event)) this.#queue(notice);
  }

  /** Waits for the last ones, for a short time. What is left then is told by the next session, if there is one. */
  async drain(interrupted: boolean): Promise<void> {
    const { clock, plan, recorder, view } = this.#o;
    if (!plan.notify) return;
    // The end of the run is told like the rest, once it is durable.
    recorder.flush();
    const over = new AbortController();
    const all = Promise.all(this.#chains.values()).then(() => over.abort());
    const ms = lastWordsMs[interrupted ? 'interrupted' : 'usual'];
    if (this.#left.size > 0) await Promise.race([all, clock.sleep(ms, over.signal)]);
    this.close();
    await all;
    const left = [...this.#left];
    if (left.length === 0) return;
    if (recorder.state.settled)
      for (const each of left) this.#record(each, 'the engine ended before it was taken');
    else view.note(say`${left.length} messages were not taken yet: the next session sends them`);
  }

  close(): void {
    this.#control.abort();
  }

  #queue(notice: Notice): void {
    if (!this.#tell) return;
    const { clock, masking, recorder } = this.#o;
    const text = this.#tell.text(notice.event, recorder.state, clock.now());
    const waiting = { ...notice, text: masking.text(text) };
    this.#left.add(waiting);
    const before = this.#chains.get(notice.notify.id) ?? Promise.resolve();
    this.#chains.set(
      notice.notify.id,
      before.then(() => this.#send(waiting)),
    );
  }

  async #send(waiting: Waiting): Promise<void> {
    const { signal } = this.#control;
    if (signal.aborted) return;
    try {
      await poll(() => this.#deliver(waiting, signal), again, {
        clock: this.#o.clock,
        signal,
        again: (error) => !(error instanceof NotTaken) || error.passing,
      });
    } catch (error) {
      if (signal.aborted) return;
      this.#record(waiting, error instanceof Error ? error.message : String(error));
      return;
    }
    this.#record(waiting, null);
  }

  async #deliver({ notify, event, text }: Waiting, signal: AbortSignal): Promise<void> {
    if (!this.#tell) return;
    const { runId } = this.#o.recorder.state;
    const teller = await this.#tell.teller();
    const step = 'step' in event ? event.step : null;
    // It goes into a header.
    const id = `${runId}/${encodeURIComponent(noticeKey(notify.id, event.seq))}`;
    const message = { id, run: runId, step, text, fields: {} };
    const delivery = await teller.deliver(
      tellContext(this.#o, signal),
      notify.channel as unknown as Channel,
      message,
    );
    if (delivery.state === 'unknown') throw new NotTaken(delivery.why, true);
    if (delivery.state === 'not-done') throw new NotTaken(delivery.why, delivery.passing);
  }

  #record(waiting: Waiting, why: string | null): void {
    if (!this.#left.delete(waiting)) return;
    const { notify, on, event } = waiting;
    const head = { type: 'told', notify: notify.id, of: event.seq, on, where: notify.where } as const;
    const failed = why === null ? {} : { why: this.#o.masking.text(why) };
    this.#o.recorder.add({ ...head, ok: why === null, ...failed });
    this.#recorded();
  }
}
