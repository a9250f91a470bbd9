import type { Recorder } from './recorder.ts';

/** Records that they are over. */
export const endTimers = (recorder: Pick<Recorder, 'state' | 'add'>, now: number): void => {
  for (const [timer, { until, ended }] of Object.entries(recorder.state.timers)) {
    if (!ended && now >= until) recorder.add({ type: 'timer-ended', timer });
  }
};
