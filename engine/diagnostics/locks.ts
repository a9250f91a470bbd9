import { entry } from './entry.ts';

/** RB451 to RB459: another run is in the way. */
export const locks = {
  RB451: entry<{ lock: string; place: string; holder: string; run: string; host: string }>({
    exit: 4,
    message: ({ lock, place, holder }) => `Lock ${lock} on ${place} is held by ${holder}`,
    remedy: ({ run, host }) =>
      `On ${host}: end it with \`runbook resume ${run}\` or \`runbook rollback ${run} --reason "..."\`. If that is impossible: runbook unlock`,
  }),
  RB452: entry<{ run: string; of: string; state: string; more: number; rollback: boolean }>({
    exit: 4,
    message: ({ run, of, state, more }) =>
      `Run ${run} of ${of} has not ended (${state})${more === 0 ? '' : `, nor have ${more} other runs of it`}`,
    remedy: ({ run, rollback }) =>
      `Continue it with \`runbook resume ${run}\`${rollback ? `, end it with \`runbook rollback ${run} --reason "..."\`` : ''}, or start another one all the same: --beside --reason "..."`,
  }),
  RB453: entry<{ lock: string; place: string; why: string; remedy: string | null }>({
    exit: 4,
    message: ({ lock, place, why }) => `Lock ${lock} cannot be asked for on ${place}: ${why}`,
    remedy: ({ remedy }) =>
      remedy ?? 'Nothing was started. Repair the place, or name another one in `run_on` of the lock',
  }),
  RB454: entry<{ lock: string }>({
    exit: 2,
    message: ({ lock }) => `--beside has no meaning here: the lock ${lock} of the runbook decides`,
    remedy: () => 'Leave --beside out',
  }),
  RB455: entry<{ what: string; remedy: string }>({
    exit: 2,
    message: ({ what }) => what,
    remedy: ({ remedy }) => remedy,
  }),
  RB456: entry<{ lock: string; place: string; holder: string; given: string }>({
    exit: 4,
    message: ({ lock, place, holder, given }) =>
      `Lock ${lock} on ${place} is not held by run ${given}, but by ${holder}`,
    remedy: () => 'Make sure that this run is dead, then name it with --run',
  }),
  RB457: entry<{ lock: string; run: string; seconds: number }>({
    exit: 4,
    message: ({ lock, run, seconds }) =>
      `Lock ${lock} is not given back: the engine of run ${run} gave a sign of life ${seconds} s ago`,
    remedy: () =>
      'Stop that engine first (Ctrl-C, or `runbook rollback`). If it is dead: after the ttl without a sign of life, the next run takes the lock over by itself',
  }),
} as const;
