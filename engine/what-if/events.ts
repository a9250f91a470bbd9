import type { Event } from '../decide/events.ts';
import type { Plan } from '../plan.ts';
import { person } from './people.ts';

export const created = ({ name, digest, environment }: Plan): Event => ({
  type: 'run-created',
  runId: 'what-if',
  runbook: name,
  planDigest: digest,
  environment,
  engine: 'what-if',
  user: person.user,
  measuredUndoMs: {},
});
