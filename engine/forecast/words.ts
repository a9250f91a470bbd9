/** Sentences that the views of a forecast share. */

import { answerMs, spread, unplannedMs } from '../what-if/durations.ts';
import { offset, plural, span } from '../words/format.ts';
import { endsText } from '../words/span.ts';
import type { Chance, Quantiles } from './chance.ts';
import { fewRuns } from './durations.ts';
import type { Forecast, StepSource } from './forecast.ts';
import type { LiveForecast, NoForecast } from './live.ts';
import type { Cause } from './misses.ts';

export const count = (n: number): string => n.toLocaleString('en-US');

/** One decimal near the ends; never 0 or 100, which no finite number of draws can show. */
export const percent = (share: number): string => {
  const of100 = share * 100;
  const digits = of100 < 1 || of100 > 99 ? 1 : 0;
  const shown = Math.min(99.9, Math.max(0.1, Number(of100.toFixed(digits))));
  return `${shown} %`;
};

export const chanceWord = ({ hits, of, low, high }: Chance): string => {
  if (of === 0) return 'no draw comes to it';
  if (hits === of) return `all of ${count(of)} draws`;
  if (hits === 0) return `none of ${count(of)} draws`;
  return `${percent(hits / of)} (${count(hits)} of ${count(of)} draws; ${percent(low)} to ${percent(high)})`;
};

/** Without the interval. */
export const shortChance = ({ hits, of }: Chance): string =>
  hits === 0 || hits === of ? chanceWord({ hits, of, low: 0, high: 1 }) : percent(hits / of);

const point = (ms: number | null, word: (ms: number) => string): string =>
  ms === null ? 'not reached' : word(ms);

export const offsets = ({ p50, p90, p99 }: Quantiles): readonly [string, string, string] => [
  point(p50, offset),
  point(p90, offset),
  point(p99, offset),
];

export const spans = ({ p50, p90, p99 }: Quantiles): readonly [string, string, string] => [
  point(p50, span),
  point(p90, span),
  point(p99, span),
];

export interface Row {
  readonly what: string;
  readonly cells: readonly string[];
}

/** A handful of names, and how many more there are. */
export const names = (ids: readonly string[], most = 6): string => {
  const more = ids.length - most;
  return more > 0 ? `${ids.slice(0, most).join(', ')} and ${more} more` : ids.join(', ');
};

export const doneWord = ({ doneSteps }: Forecast): string =>
  doneSteps.length === 0
    ? 'the last step of the list has ended'
    : `${names(doneSteps)} ${doneSteps.length === 1 ? 'has' : 'have'} ended`;

export const limitRows = (found: Forecast): readonly Row[] => {
  const { byT0, byPlannedEnd, byHardStop, startSteps } = found;
  const row = (what: string, limit: Forecast['byT0']): readonly Row[] =>
    limit ? [{ what, cells: [chanceWord(limit.chance), shortChance(limit.ifLonger)] }] : [];
  return [
    ...row(`${names(startSteps)} ${startSteps.length === 1 ? 'starts' : 'start'} at T0`, byT0),
    ...row(`${doneWord(found)} by ${offset(byPlannedEnd?.atMs ?? 0)}, as planned`, byPlannedEnd),
    ...row(`${doneWord(found)} by ${offset(byHardStop?.atMs ?? 0)}, the hard stop`, byHardStop),
    ...found.limited.flatMap(({ limitMs, chance, ifLonger, ...each }) =>
      row(`${each.name} lasts at most ${span(limitMs)} (${endsText(each)})`, { atMs: 0, chance, ifLonger }),
    ),
  ];
};

export const instantRows = (found: Forecast): readonly Row[] => [
  ...(found.starts
    ? [
        {
          what: `${names(found.startSteps)} ${found.startSteps.length === 1 ? 'starts' : 'start'}`,
          cells: offsets(found.starts),
        },
      ]
    : []),
  { what: doneWord(found), cells: offsets(found.done) },
  { what: 'the run ends, watches included', cells: offsets(found.end) },
];

export const spanRows = ({ spans: found, limited, rollbacks }: Forecast): readonly Row[] => [
  ...limited.map(({ ms, ...each }) => ({ what: `${each.name} (${endsText(each)})`, cells: spans(ms) })),
  ...found.map(({ fact, value, from, to, ms }) => ({
    what: `${fact} = ${value} (${from} to ${to ?? 'the end'})`,
    cells: spans(ms),
  })),
  ...rollbacks.map(({ gate, steps, ms, byHardStop }) => ({
    what: `rollback from ${gate} (${plural(steps, 'step')})${byHardStop ? `, over by the hard stop: ${shortChance(byHardStop)}` : ''}`,
    cells: spans(ms),
  })),
];

const stopWord = {
  window: 'is held: a rollback may end after the hard stop',
  unanswered: 'gets no answer in time',
  span: 'does not start: the run is held, because a span is longer than its limit',
} as const;

export const stopLines = ({ stops }: Forecast): readonly string[] =>
  stops.map(
    ({ step, by, chance }) =>
      `${step} ${stopWord[by]}: ${chanceWord(chance)}. Then a person decides, and nothing is assumed`,
  );

export const missHead = ({ misses }: Forecast): string | null => {
  if (!misses) return null;
  const { of, found } = misses;
  const blame = found.planned ? '. As planned it is missed too: no single step is the cause' : '';
  return `${count(found.draws)} ${found.draws === 1 ? 'draw misses' : 'draws miss'} the ${of === 'T0' ? 'start at T0' : of}${blame}`;
};

const share = ({ hits, of }: Chance, what: string): string =>
  hits === of ? `all ${count(of)} ${what}` : `${shortChance({ hits, of, low: 0, high: 1 })} of the ${what}`;

export const causeLine = ({ step, plannedMs, inMisses, inAll, longerMs, asPlanned }: Cause): string => {
  const gain = `: ${shortChance(asPlanned)} on time`;
  if (plannedMs === null) return `${step} has no \`expected\`. If it takes no time${gain}`;
  const longer = longerMs > 0 ? `, on average ${span(longerMs)} more than in all draws` : '';
  return `${step} takes longer than ${span(plannedMs)} in ${share(inMisses, 'misses')} and ${share(inAll, 'draws')}${longer}. If it takes as long as planned${gain}`;
};

const ofKind = (found: Forecast, kind: StepSource['kind'], from: StepSource['from']): readonly StepSource[] =>
  found.durations.filter((each) => each.kind === kind && each.from === from);

const runsWord = (measured: readonly StepSource[]): string => {
  const all = measured.map(({ runs }) => runs);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  return least === most ? plural(most, 'earlier run') : `${least} to ${most} earlier runs`;
};

const sourceLine = (
  found: Forecast,
  kind: StepSource['kind'],
  what: string,
  unplanned: string,
): readonly string[] => {
  const [measured, planned, guessed] = [
    ofKind(found, kind, 'runs'),
    ofKind(found, kind, 'expected'),
    ofKind(found, kind, 'guess'),
  ];
  if (measured.length + planned.length + guessed.length === 0) return [];
  const few = measured.filter(({ runs }) => runs < fewRuns);
  const parts = [
    measured.length > 0
      ? `${measured.length} from ${runsWord(measured)}${few.length > 0 ? ` (${few.length} from fewer than ${fewRuns})` : ''}`
      : '',
    planned.length > 0 ? `${planned.length} from \`expected\`` : '',
    guessed.length > 0
      ? `${guessed.length} without \`expected\`, taken as ${unplanned}: ${names(guessed.map(({ step }) => step))}`
      : '',
  ];
  return [`${what}: ${parts.filter((part) => part !== '').join('; ')}`];
};

export const sourceLines = (found: Forecast): readonly string[] => [
  ...sourceLine(found, 'step', 'Durations of steps', span(unplannedMs)),
  ...sourceLine(found, 'answer', 'Answers of people', span(answerMs)),
  ...sourceLine(found, 'undo', 'Durations of undos', span(unplannedMs)),
  `What is not measured is a guess with a spread of ${spread * 100} %: half of the draws are longer than \`expected\`, one of ten by more than ${spread * 100} % (log-normal)`,
  found.runs === 0
    ? 'No earlier run of this runbook in this environment is known: every number here is a guess'
    : `Earlier runs of this runbook in this environment: ${found.runs}. A step counts if its content is the same and it went through without a hold`,
  `Unsure is what is not measured, or in fewer than ${fewRuns} runs`,
  'Nothing fails in a draw: no retry, no hold by a failure, no no-go. `runbook what-if` is for those',
];

const whyWord: { readonly [W in NoForecast['why']]: string } = {
  held: 'none while the run is held',
  stopped: 'none while the engine is stopped',
  rehearsal: 'none for a rehearsal without waits',
  ended: 'none, the run has ended',
  'no clock': 'none before T0 is set',
};

/** One line, for a screen that is about something else. */
export const oneLine = (found: LiveForecast): string => {
  if (found.is === 'none') return `forecast: ${whyWord[found.why]}`;
  const { end, byHardStop, draws } = found;
  const stop = byHardStop
    ? `, by the hard stop ${offset(byHardStop.atMs)}: ${shortChance(byHardStop.chance)}`
    : '';
  if (found.is === 'rollback') {
    const [p50, p90] = offsets(end);
    return `forecast: rollback over at ${p50} (P50), ${p90} (P90)${stop}; ${count(draws)} draws`;
  }
  const [p50, p90] = offsets(found.done);
  const t0 = found.byT0 ? `T0 on time: ${shortChance(found.byT0.chance)}; ` : '';
  const held = found.stops.reduce((n, { chance }) => n + chance.hits, 0);
  const asks =
    held > 0 ? `, held on the way: ${shortChance({ hits: held, of: draws, low: 0, high: 1 })}` : '';
  const guesses = found.durations.filter(({ kind, from }) => kind !== 'undo' && from !== 'runs').length;
  const known = found.durations.filter(({ kind }) => kind !== 'undo').length;
  const limited = found.limited.map(
    ({ name, limitMs, chance }) => `, ${name} within ${span(limitMs)}: ${shortChance(chance)}`,
  );
  return `forecast: ${t0}done at ${p50} (P50), ${p90} (P90)${stop}${limited.join('')}${asks}. ${count(draws)} draws, ${guesses} of ${plural(known, 'duration')} guessed`;
};
