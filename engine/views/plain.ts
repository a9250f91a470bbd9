/** One line per event, timestamped with the distance from T0: for logs, CI and dumb terminals. */
import type { Recorded } from '../decide/events.ts';
import { parseActKey } from '../decide/keys.ts';
import type { RunState } from '../decide/state.ts';
import type { Plan } from '../plan.ts';
import { describeEvent, offsetNow } from '../words/event.ts';
import { clean, timeOfDay } from '../words/format.ts';
import { whatNext, wordHeld } from '../words/hold.ts';
import type { Tone } from '../words/sentence.ts';
import { locatedPlan } from './located-plan.ts';
import { noPaint, type Paint } from './paint.ts';
import { progressText } from './progress-line.ts';
import type { View } from './view.ts';

/** At most one progress line per act in this many ms. */
const progressEveryMs = 10_000;

export interface PlainOptions {
  write(text: string): void;
  readonly paint?: Paint;
  /** Folder that the paths of the runbook start from; undefined: they are shown as written. */
  readonly runbookDir?: string;
}

export const createPlainView = ({ write, paint = noPaint, runbookDir }: PlainOptions): View => {
  let plan: Plan | undefined;
  let last: { state: RunState; now: number } | undefined;
  /** Events of the session start arrive before `start`. */
  const early: Recorded[] = [];
  const progressAt = new Map<string, number>();

  const say = (tone: Tone, text: string, more: readonly string[] = []): void => {
    const at = last
      ? `${timeOfDay(last.now)} ${offsetNow(last.state, last.now).padStart(9)}`
      : ''.padStart(18);
    const rest = more
      .flatMap((m) => clean(m).split('\n'))
      .map((m) => `${' '.repeat(22)}${paint('dim', m)}\n`);
    write(`${paint('dim', at)}  ${paint(tone, clean(text))}\n${rest.join('')}`);
  };

  const tell = (event: Recorded, state: RunState): void => {
    const sentence = plan && describeEvent(event, plan, state);
    if (sentence) say(sentence.tone, sentence.text, sentence.more);
  };

  return {
    start(info, state, now) {
      plan = runbookDir === undefined ? info.plan : locatedPlan(info.plan, runbookDir);
      last = { state, now };
      const environment = state.environment ? ` (${state.environment})` : '';
      say('strong', `run ${state.runId} of ${state.runbook}${environment}`);
      say('dim', `journal ${info.journalPath}`);
      say('dim', `step logs ${info.logDir}`);
      for (const event of early) tell(event, state);
      // Held by an earlier session: its reason was printed there, and may no longer be visible.
      if (state.hold) {
        const { tone, text, more } = wordHeld(info.plan, state.hold);
        say(tone, text, more);
      }
    },
    event(event, state, now) {
      last = { state, now };
      if (plan) tell(event, state);
      else early.push(event);
    },
    output(act, line) {
      say('dim', `${parseActKey(act).step} | ${line}`);
    },
    progress(act, p, now) {
      if (last) last.now = now;
      const before = progressAt.get(act);
      if (before !== undefined && now - before < progressEveryMs && p.done !== p.total) return;
      progressAt.set(act, now);
      say('dim', `${parseActKey(act).step} | ${progressText(p)}`);
    },
    tick(state, now) {
      last = { state, now };
    },
    ask: async () => null,
    note: (text) => say('warn', text),
    async close(state, now) {
      last = { state, now };
      const next = whatNext(state);
      if (next.length > 0) say('strong', `run ${state.runId} has not ended; to continue:`, next);
    },
  };
};
