/** What failed, what was retried, and what a probe found about an unknown outcome. */
import type { ActKey } from '../decide/events.ts';
import { parseActKey } from '../decide/keys.ts';
import type { AttemptState } from '../decide/state.ts';
import { actName, effectWord } from '../words/act.ts';
import { timeOfDay } from '../words/format.ts';
import { actsOf } from './attempts.ts';
import { type Inline, md, table, text } from './markdown.ts';
import type { ReportedRun } from './reported-run.ts';
import { section } from './section.ts';

const after = (attempts: readonly AttemptState[], i: number): string => {
  const next = attempts[i + 1];
  if (next?.result === 'done') return `done at attempt ${next.n}`;
  if (next) return `retried, attempt ${next.n}`;
  return 'not retried';
};

const failureOf = (key: ActKey, attempts: readonly AttemptState[], i: number) => {
  const { n, startedAt, finishedAt, effect, error, probe } = attempts[i] as AttemptState;
  const { step, phase } = parseActKey(key);
  return {
    at: finishedAt ?? startedAt,
    step,
    phase,
    act: actName(key),
    attempt: n,
    effect,
    code: error?.code ?? null,
    short: error?.short ?? null,
    remedy: error?.remedy ?? null,
    /** What a probe found; null: no probe was needed. */
    probe: probe && { state: probe.state, why: probe.why },
    next: probe?.state === 'done' ? 'already done' : after(attempts, i),
  };
};

/** Failed attempts and those that no engine saw the end of, in the order in which they ended. */
export const failuresOf = ({ state }: ReportedRun) =>
  actsOf(state)
    .flatMap(({ key, act }) =>
      act.attempts.flatMap((a, i) =>
        a.result === 'failed' || (a.result === null && a.probe !== null)
          ? [failureOf(key, act.attempts, i)]
          : [],
      ),
    )
    .sort((a, b) => a.at - b.at);

type Failure = ReturnType<typeof failureOf>;

const probeWord = {
  done: 'already done',
  'not-done': 'not done',
  alive: 'it was still running',
  failed: 'it ended and failed',
  partial: 'done in part',
  unknown: 'unknown',
} as const;

/** Acts that only read: they changed nothing. */
const isCheck = (phase: Failure['phase']): boolean => !['do', 'undo', 'trip'].includes(phase);

const what = (f: Failure): Inline => {
  const said = f.short === null ? 'the engine ended before it did' : f.short;
  const why = f.probe?.why ? `, ${f.probe.why}` : '';
  return f.probe === null ? text(said) : md`${text(said)}; probe: ${text(probeWord[f.probe.state] + why)}`;
};

const head = ['At', 'Act', 'Attempt', 'Error', 'Effect', 'Then'].map(text);

export const failures = section('Failures and retries', failuresOf, (all) =>
  all.length === 0
    ? []
    : [
        table(
          head,
          all.map((f) => [
            text(timeOfDay(f.at)),
            text(f.act),
            text(String(f.attempt)),
            what(f),
            text(isCheck(f.phase) ? 'a check: nothing was changed' : effectWord[f.effect]),
            text(f.next),
          ]),
          [2],
        ),
      ],
);
