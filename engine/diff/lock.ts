/** The lock of a runbook, before and after. */
import type { Plan, PlanLock } from '../plan.ts';
import { span } from '../words/format.ts';
import type { Found } from './found.ts';

const shown = ({ name, runOn }: PlanLock): string => `${name} on ${runOn}`;

export const compareLocks = ({ lock: was }: Plan, { lock: is }: Plan, found: Found): void => {
  if (!was || !is) {
    if (was)
      found.add('lock', 'high', {
        what: 'lock',
        before: shown(was),
        reason: 'Nothing keeps other runs from acting at the same time any more',
      });
    if (is)
      found.add('lock', 'low', {
        what: 'lock',
        after: shown(is),
        reason: 'It starts only while no other run has this lock',
      });
    return;
  }
  if (shown(was) !== shown(is))
    found.add('lock', 'high', {
      what: 'lock',
      before: shown(was),
      after: shown(is),
      reason: 'Runs that have the lock of before do not keep it from starting',
    });
  if (was.ttlMs !== is.ttlMs)
    found.add('lock', is.ttlMs < was.ttlMs ? 'medium' : 'low', {
      what: 'lock.ttl',
      before: span(was.ttlMs),
      after: span(is.ttlMs),
      reason:
        is.ttlMs < was.ttlMs
          ? 'After a crash, another run may take the lock over sooner: there is less time for a resume'
          : 'After a crash, the lock stays taken for longer',
    });
};
