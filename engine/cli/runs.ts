/** `runbook runs`. */
import type { RunState } from '../decide/state.ts';
import { type ListedRun, listRuns } from '../journal/list-runs.ts';
import { whoHolds } from '../journal/lock.ts';
import { jsonText } from '../text.ts';
import { instant, span } from '../words/format.ts';
import { type RunStateWord, stateWord } from '../words/overview.ts';
import { givenRunsDir } from './given.ts';
import { options } from './options.ts';
import type { Handler } from './spec.ts';
import { columns } from './table.ts';

interface Row {
  readonly run: string;
  readonly state: string;
  readonly runbook: string | null;
  readonly environment: string | null;
  readonly startedAt: number | null;
  /** Until its last event. */
  readonly tookMs: number | null;
  /** It has ended: its duration is final. */
  readonly settled: boolean;
  readonly user: string | null;
}

export const runs: Handler = async (host, input) => {
  const rows = Array.from(listRuns(givenRunsDir(host, input)), rowOf);
  if (input.flag(options.json)) {
    host.stdout.write(`${jsonText(rows)}\n`);
  } else if (rows.length === 0) {
    host.stderr.write('No runs here yet.\n');
  } else {
    host.stdout.write(columns([['RUN', 'STATE', 'STARTED', 'TOOK', 'BY'], ...rows.map(cells)]));
  }
  return 0;
};

const rowOf = ({ id, path, state, broken }: ListedRun): Row => {
  if (!state) {
    const word = broken ? `broken (${broken.code})` : 'never started';
    return {
      run: id,
      state: word,
      runbook: null,
      environment: null,
      startedAt: null,
      tookMs: null,
      settled: false,
      user: null,
    };
  }
  return {
    run: id,
    state: wordOf(state, path),
    runbook: state.runbook,
    environment: state.environment,
    startedAt: state.createdAt,
    tookMs: (state.settled?.at ?? state.lastAt) - state.createdAt,
    settled: state.settled !== null,
    user: state.user,
  };
};

const looksLive: readonly RunStateWord[] = ['running', 'waiting', 'waiting for people', 'rolling back'];

/** Only a lock that is held proves a run alive: a killed engine journals nothing about its end. */
const wordOf = (state: RunState, path: string): string => {
  const word = stateWord(state);
  return looksLive.includes(word) && !whoHolds(path).live ? 'stopped' : word;
};

const cells = (row: Row): readonly string[] => [
  row.run,
  row.state,
  row.startedAt === null ? '' : instant(row.startedAt),
  row.tookMs === null ? '' : `${span(row.tookMs)}${row.settled ? '' : ', not ended'}`,
  row.user ?? '',
];
