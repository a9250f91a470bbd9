/** Kills an engine at named moments, and resumes it until its run has ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ended, Started } from '../engine/cli/command-line.ts';
import type { Event } from './cli-run.ts';

export interface Moment {
  readonly name: string;
  /** Of the engine's NDJSON: seen, it has come. */
  readonly seen: string;
  readonly thenMs: number;
}

export interface Killed {
  /** The moments at which an engine died, in order. */
  readonly at: readonly string[];
  readonly last: Ended;
}

export const started = (act: string, thenMs = 0): Moment => ({
  name: thenMs === 0 ? `as ${act} starts` : `${thenMs} ms into ${act}`,
  seen: `"type":"act-started","act":"${act}"`,
  thenMs,
});

export const settled = (step: string): Moment => ({
  name: `after ${step}`,
  seen: `"type":"step-settled","step":"${step}"`,
  thenMs: 0,
});

export const saying = (act: string, text: string, thenMs = 0): Moment => ({
  name: `${act} says "${text}"${thenMs === 0 ? '' : ` and ${thenMs} ms later`}`,
  seen: `"act":"${act}",${text}`,
  thenMs,
});

/** The index of the first of them that comes; -1: the engine ended by itself. */
const first = (engine: Started, moments: readonly Moment[]): Promise<number> =>
  Promise.race([
    ...moments.map(({ seen }, i) =>
      engine
        .saw(seen)
        .then(() => i)
        .catch(() => -1),
    ),
    engine.ended.then(() => -1),
  ]);

/**
 * @param moments in the order of the run. One that an engine has passed before it died is left out: on a busy
 * machine a quick step ends before it is killed.
 */
export const killAndResume = async (
  begin: () => Started,
  resume: () => Started,
  moments: readonly Moment[],
): Promise<Killed> => {
  const at: string[] = [];
  let ahead = moments;
  for (let engine = begin(); ; engine = resume()) {
    const come = await first(engine, ahead);
    const moment = ahead[come];
    if (moment) {
      if (moment.thenMs > 0) await Promise.race([sleep(moment.thenMs), engine.ended]);
      engine.kill('SIGKILL');
    }
    const last = await engine.ended;
    if (last.code !== null) return { at, last };
    if (moment) at.push(moment.name);
    ahead = ahead.slice(come + 1);
  }
};

/** What was done or undone although the journal knew already that it was, or that its step was settled. Reads may be taken anew. */
export const doneTwice = (events: readonly Event[]): readonly string[] => {
  const known = new Set<string>();
  return events.flatMap(({ type, step = '', act = '', result, state }) => {
    const [of = '', phase = ''] = act.split('/');
    if (type === 'step-settled') known.add(state === 'undone' ? `${step}/undo` : `${step}/do`);
    if (type === 'act-finished' && result === 'done') known.add(act);
    if (type === 'act-probed' && state === 'done') known.add(act);
    const twice = known.has(act) || known.has(`${of}/${phase}`);
    return type === 'act-started' && (phase === 'do' || phase === 'undo') && twice ? [act] : [];
  });
};
